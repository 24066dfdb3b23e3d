"""What firms and offices do about invented credit records: a permit is suspended, repair applied for, credit certified.

All of it is done today by the services themselves.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from apps.accounts.models import User
from apps.credit.models import Agency, CreditEntry, CreditRepair, EntryState, Nature, PermitCase
from apps.credit.services.agencies import make_token
from apps.credit.services.certificates import make_certificate, statement_of
from apps.credit.services.look_ups import look_up
from apps.credit.services.repairs import apply, entry_problem
from apps.credit.workflow import PERMIT, REPAIR
from apps.enterprises.models import Enterprise

OBJECTION = "支撑体系由专业分包单位搭设，请求从轻处置，附分包合同和交底记录。"
CORRECTION = "已全部整改，补充了检查记录，并对项目全体管理人员重新培训。"
COMMITMENT = "今后严格按规定施工，如再次发生同类行为，愿接受从重处理。"
APPLICATIONS, CERTIFICATES = 3, 6
AGENCY = "91130100MADEM9001A"


def suspend_permit(case: PermitCase, director: User, officers: Sequence[User], today: date) -> PermitCase:
    """The firm objects without success; the second officer decides on the most days that the rule allows."""
    first, second = officers[:2]
    steps: list[tuple[str, User, dict[str, Any]]] = [
        ("check", first, {"opinion": "事故认定属实，责任明确"}),
        ("notify", first, {"served_on": today, "served_how": "直接送达，安全总监签收"}),
        ("object", director, {"objection": OBJECTION}),
        ("dismiss", second, {"answer": "总承包单位对分包工程负总责，异议不成立"}),
        ("suspend", second, {"decision_number": f"冀建安暂〔{today.year}〕7号（演示）", "days": case.most_days}),
    ]
    for name, who, told in steps:
        case = PERMIT.perform(case, name, by=who, **told)
    return case


def apply_for_repairs(directors: Mapping[int, User], officers: Mapping[int, User]) -> list[CreditRepair]:
    """For the first records that may be repaired today; every second application has been accepted.

    `directors` by firm, `officers` by their office.
    """
    entries = CreditEntry.objects.filter(state__in=EntryState.IN_FORCE, nature=Nature.BAD, enterprise__in=directors)
    ripe = (entry for entry in entries.order_by("pk") if entry_problem(entry) is None)
    repairs = [
        apply(entry, by=directors[entry.enterprise_id or 0], correction=CORRECTION, commitment=COMMITMENT)
        for entry in islice(ripe, APPLICATIONS)
    ]
    for repair in repairs[1::2]:
        if officer := officers.get(repair.organisation_id):
            REPAIR.perform(repair, "accept", by=officer)
    return repairs


def ask_for_tenders(firms: Sequence[Enterprise], today: date, by: User) -> None:
    """An agency for tenders with its token, and what it has asked today: of these firms, and by a wrong code."""
    agency = Agency.objects.create(name="某招标代理有限公司（演示）", uscc=AGENCY, contact="李某 0311-00000000")
    make_token(agency, by=by)
    for code in [*(firm.uscc for firm in firms), "91130100MA0000000X"]:
        look_up(agency, code, today, "192.0.2.17")


def certify(directors: Mapping[int, User], today: date) -> None:
    """For firms of which it can be certified, each asked for by its own director."""
    firms = Enterprise.objects.filter(pk__in=directors).order_by("pk")
    sound = (firm for firm in firms if statement_of(firm, today, "B").refusal is None)
    for firm in islice(sound, CERTIFICATES):
        make_certificate(firm, on_day=today, at_least="B", purpose="参加工程投标（演示）", by=directors[firm.pk])
