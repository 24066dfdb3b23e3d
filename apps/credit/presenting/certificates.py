"""The case file of a certificate, and the pages of an agency and of a question."""

import json
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.core.cases import Case, Sections, line, moment
from apps.core.record_page import record_page
from apps.core.registers import registry
from apps.credit.forms.certificates import CERTIFICATE_FORMS
from apps.credit.models import Agency, CertificateState, CreditCertificate, Letter, LookUp
from apps.credit.registers.certificates import AgencyRegister, CreditCertificateRegister, LookUpRegister
from apps.credit.services.certificate_paper import doubt_of
from apps.credit.services.certificates import is_sound, listings_on
from apps.credit.workflow.certificate import CERTIFICATE

S = CertificateState
Facts = list[dict[str, Any]]


def words(told: Mapping[str, Any]) -> Facts:
    """What the certificate says, from the signed words alone; the public is shown the same."""
    lines = [
        line("企业名称", told["enterprise"], wide=True),
        line("统一社会信用代码", told["uscc"]),
        line("证明日期", told["on_day"]),
        line("失信名单", "当日未被列入本平台管理的严重失信主体名单", wide=True),
    ]
    if told.get("at_least"):
        grade, asked = Letter(told["grade"]).label, Letter(told["at_least"]).label
        lines.append(line("信用等级", f"当日为{grade}，不低于{asked}{doubt_of(told)}", wide=True))
    return [
        *lines,
        line("安全生产许可证", told["permit"]),
        line("许可证编号", told["permit_number"]),
        line("用途", told["purpose"], wide=True),
    ]


def signature_facts(made: CreditCertificate) -> Facts:
    sound = "相符，内容没有改动" if is_sound(made) else "不相符，请立即报告系统管理员"
    return [
        line("电子签名", sound),
        line("签名密钥", made.key_id),
        line("校验值", made.sha256, wide=True),
        line("核验网址", made.payload["verify_url"], wide=True, url=made.payload["verify_url"]),
    ]


def standing_now(made: CreditCertificate) -> dict[str, Any]:
    """A certificate says what was true on its day; who reads it later is told what is so now."""
    named = "、".join(str(one.list_type) for one in listings_on(made.enterprise, timezone.localdate()))
    return line("目前在失信名单", f"是：{named}" if named else "否", wide=True)


def sections(made: CreditCertificate, user: Any) -> Sections:
    firm = made.enterprise
    asked = [
        line("企业", firm.name, url=f"/enterprises/{firm.uscc}/credit/"),
        line("出具时间", moment(made.made_at)),
        line("出具申请人", made.made_by and made.made_by.name),
        line("查询单位", made.agency and made.agency.name),
        standing_now(made),
    ]
    told: Sections = [
        {"title": "证明内容", "facts": words(made.payload)},
        {"title": "出具", "facts": asked},
        {"title": "电子签名", "facts": signature_facts(made), "note": "SHA-256、Ed25519"},
    ]
    if made.state == S.REVOKED:
        gone = [line("撤销时间", moment(made.revoked_at)), line("撤销理由", made.reason, wide=True)]
        told.insert(0, {"title": "已撤销", "facts": gone})
    return told


def further(made: CreditCertificate, user: Any) -> Sections:
    own = {
        "下载 PDF": "credit_certificates:pdf",
        "下载 JSON（含签名）": "credit_certificates:json",
    }
    actions = [{"label": label, "url": reverse(name, args=[made.number])} for label, name in own.items()]
    actions += [
        {"label": "公开核验页", "url": reverse("public_credit_certificate", args=[made.token])},
        {"label": "核验工具", "url": reverse("public_credit_verifier")},
        {"label": "平台公钥", "url": reverse("public_credit_keys")},
    ]
    return [{"title": "文件与核验", "records": [], "actions": actions}]


CERTIFICATE_CASE = Case(
    registry[CreditCertificateRegister.name],
    CERTIFICATE,
    CERTIFICATE_FORMS,
    sections,
    (),  # it has but one step, which its state says
    further=further,
)


# Agencies and their questions -----------------------------------------------------------------------------------------


def agency_actions(agency: Agency, user: Any) -> Facts:
    """What can be done with an agency beside correcting it."""
    shown = []
    if user.has_perm("credit.view_lookup"):
        url = f"{reverse('look_ups:list')}?view=all&agency__pk={agency.pk}"
        shown.append({"label": "查询记录", "icon": "list-details", "url": url})
    if user.has_perm("credit.change_agency") and agency.is_active:
        label = "重新生成令牌" if agency.token_made_at else "生成令牌"
        shown.append({"label": label, "icon": "key", "url": reverse("agencies:token", args=[agency.pk])})
    return shown


def answer_in_full(question: LookUp, user: Any) -> Sections:
    """Word for word what went out."""
    body = json.dumps(question.answer.get("body"), ensure_ascii=False, indent=1, sort_keys=True)
    return [{"title": "答复全文", "facts": [line("内容", body, wide=True)]}]


agency_page = record_page(registry[AgencyRegister.name], actions=agency_actions)
look_up_page = record_page(registry[LookUpRegister.name], sections=answer_in_full)
