"""Official papers of the demonstration: in the staffed counties one of each state and most kinds.

They are drafted, numbered and served by the platform's own services, so their numbers follow one another; tokens
come from the seed, since a demonstration is the same each time.
"""

import random
import string
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.dashboards.demo.cases import Case
from apps.documents.models import Manner, Paper
from apps.documents.services import copy_as_draft, draft_paper, issue, serve
from apps.documents.workflow import PAPER
from apps.hazards.models import Hazard, State

LETTERS = string.ascii_letters + string.digits
RELEASE = "治理完毕后，由施工单位提交治理报告和解除督办申请，经监理单位、建设单位签署意见，本机关现场审查合格后解除。"


class Papers:
    """Writes the papers of one county after another."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.today = timezone.localdate()

    def write(self, cases: Iterable[Case], heads: dict[int, User]) -> None:
        """`heads` by the key of their station; a county needs at least eight hazards that were ordered."""
        by_office: dict[int, list[Case]] = {}
        for case in cases:
            if case.hazard.state not in (State.DRAFT, State.VOID):
                by_office.setdefault(case.hands.inspector.organisation_id, []).append(case)
        for key, own in sorted(by_office.items()):
            if key in heads and len(own) >= 8:
                self.county(own[:8], heads[key])

    def county(self, cases: list[Case], head: User) -> None:
        served, late, refused, stopped, listed, void, old, open_draft = cases
        first = self.issued(served, "rectification_notice")
        self.serve(first, served, recipient=served.hands.director.name, manner=Manner.DIRECT)
        self.issued(late, "rectification_notice")
        self.serve(
            self.issued(refused, "rectification_notice"),
            refused,
            manner=Manner.LEFT,
            is_refused=True,
            witnesses="社区工作人员两名",
            remark="项目负责人拒绝签收，文书留置项目部，已拍照录像",
        )
        halted = self.issued(stopped, "stop_work_notice")
        self.serve(halted, stopped, recipient=stopped.hands.director.name, manner=Manner.DIRECT)
        self.issued(stopped, "resumption_notice", earlier_number=halted.number)
        self.issued(listed, "listing_notice")
        self.issued(served, "review_opinion", earlier_number=first.number)
        PAPER.perform(
            self.issued(void, "rectification_notice"), "void", by=head, void_reason="受送达人名称写错，文书收回"
        )
        wrong = self.issued(old, "rectification_notice")
        right = issue(self.known(copy_as_draft(wrong, by=old.hands.inspector)), by=old.hands.inspector)
        PAPER.perform(wrong, "replace", by=head, replaced_by=right, reason="整改期限写错，另行出具")
        self.drafted(open_draft, "rectification_notice")

    def drafted(self, case: Case, kind: str, **more: Any) -> Paper:
        hazard = case.hazard
        paper = draft_paper(
            kind,
            by=case.hands.inspector,
            subject=hazard,
            project_id=hazard.project_id,
            addressees=[hazard.enterprise.organisation, case.hands.engineer.organisation],
            contents=self.contents(kind, case) | more,
        )
        return self.known(paper)

    def issued(self, case: Case, kind: str, **more: Any) -> Paper:
        return issue(self.drafted(case, kind, **more), by=case.hands.inspector)

    def known(self, draft: Paper) -> Paper:
        """A public address that the same seed gives again."""
        draft.token = "".join(self.rng.choices(LETTERS, k=22))
        draft.save(update_fields=["token"])
        return draft

    def serve(self, paper: Paper, case: Case, **facts: Any) -> None:
        serve(paper, by=case.hands.inspector, addressee=paper.addressees[0]["name"], served_on=self.today, **facts)

    def contents(self, kind: str, case: Case) -> dict[str, Any]:
        hazard = case.hazard
        items = [item_of(hazard)]
        told: dict[str, Any] = {
            "project": hazard.project.name,
            "contact": f"{case.hands.inspector.name}，{case.hands.inspector.phone}",
        }
        inspectors = f"{case.hands.inspector.name}、{case.hands.second.name}"
        ahead = self.today + timedelta(days=7)
        match kind:
            case "rectification_notice":
                told |= {"items": items, "deadline": ahead, "inspectors": inspectors}
            case "stop_work_notice":
                told |= {"items": items, "scope": f"局部停工：{hazard.full_place}", "inspectors": inspectors}
            case "review_opinion":
                told |= {"items": ["已按要求整改，现场核查属实"], "conclusion": "整改合格。", "inspectors": inspectors}
            case "resumption_notice":
                told |= {
                    "scope": hazard.full_place or "全部停工部位",
                    "resumes_on": self.today,
                    "inspectors": inspectors,
                }
            case "listing_notice":
                told |= {"items": items, "demands": hazard.demands or "立即组织治理", "deadline": ahead}
                told |= {"release_procedure": RELEASE, "other": "治理期间每周报送一次进展。", "level": "县级"}
        return told


def item_of(hazard: Hazard) -> dict[str, str]:
    return {"text": f"{hazard.full_place}{hazard.description}", "clause": hazard.clause, "demand": hazard.demands}
