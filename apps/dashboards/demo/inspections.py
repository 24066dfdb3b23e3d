"""Inspectors with certificates and visits in every state, made by the services themselves."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO
from itertools import cycle, islice
from typing import Any
from uuid import UUID

import pgtrigger
from django.utils import timezone
from PIL import Image, ImageDraw

from apps.accounts.models import User
from apps.core.registers import registry
from apps.dashboards.demo.pictures import scene
from apps.enterprises.models import Enterprise
from apps.inspections.checklists import Item, table_of
from apps.inspections.drawing.drawing import commitment_of
from apps.inspections.models import Campaign, Draw, Inspector, Kind, Plan, RiskClass, RiskGrade, Visit
from apps.inspections.services.answering import (
    put_answer,
    put_finding,
    put_notes,
    put_second_look,
    put_signature,
    take_in_photo,
)
from apps.inspections.services.planning import plan_follow_up
from apps.inspections.services.plans import next_number, projects_by_unit, set_quotas, units_of
from apps.inspections.services.publication import proposed_result
from apps.inspections.services.visits import plan_visit
from apps.inspections.workflow.campaign import CAMPAIGN
from apps.inspections.workflow.draw import DRAW
from apps.inspections.workflow.plan import PLAN
from apps.inspections.workflow.visit import VISIT
from apps.projects.models import Project

ADVICE = "对发现的问题立即整改，举一反三自查。"
TABLES = ("JGJ59-B.1", "JGJ59-B.3", "JGJ59-B.13", "JGJ59-B.14", "JGJ59-B.17")
Problem = tuple[str, int, dict[str, Any]]
PROBLEMS: tuple[Problem, ...] = (
    ("JGJ59-B.13", 4, {"place": "3号楼12层东侧", "term": "calendar:3", "picture": "edge"}),
    ("JGJ59-B.14", 4, {"place": "钢筋加工棚", "term": "calendar:7", "picture": "box"}),
    ("JGJ59-B.17", 1, {"place": "3号楼塔机", "term": "calendar:3", "picture": "crane", "disposal": "stop_part"}),
)


class Inspections:
    """Makes the visits of one demonstration; the same seed on the same day gives the same."""

    def __init__(self, seed: int, today: date) -> None:
        self.rng = random.Random(seed)  # noqa: S311  (invented data, nothing is drawn by lot)
        self.today = today
        self.serial = 0

    def certify(self, officers: Sequence[User]) -> list[Inspector]:
        """Enforcement certificates for these officers, one of them soon to run out."""
        made = []
        for officer in officers:
            self.serial += 1
            lasts = 20 if self.serial == 3 else self.rng.randint(200, 1400)
            made.append(
                Inspector.objects.create(
                    user=officer,
                    organisation=officer.organisation,
                    region_path=officer.organisation.region_path,
                    certificate=f"演示03{self.serial:08d}",
                    valid_until=self.today + timedelta(days=lasts),
                    fields=["general", self.rng.choice(("lifting", "pit", "scaffold", "formwork"))],
                )
            )
        return made

    def classify(self) -> None:
        """Risk classes of most contractors, as the province's platform would hand them over."""
        for firm in Enterprise.objects.filter(kind="contractor").order_by("pk"):
            if self.rng.random() < 0.8:
                grade = self.rng.choices(RiskGrade.values, (20, 30, 30, 15, 5))[0]
                RiskClass.objects.create(
                    enterprise=firm, grade=grade, assessed_on=self.today.replace(day=1), source="演示数据"
                )

    def visits(self, head: User, team: Sequence[Inspector], projects: Sequence[Project]) -> None:
        """Planned for today and tomorrow, begun, handed in, followed up, made public, called off."""
        first, second, third = islice(cycle(projects), 3)
        self.plan(first, head, team, Kind.KEY)
        self.plan(second, head, team, Kind.DAILY, self.today + timedelta(days=1))
        begun = self.plan(third, head, team, Kind.DAILY)
        self.answer(begun, {}, most=14)
        found = self.carry_out(self.plan(second, head, team, Kind.SPECIAL), PROBLEMS[:2])
        plan_follow_up(found, by=head, planned_on=self.today)
        published = self.carry_out(self.plan(third, head, team, Kind.DAILY), PROBLEMS[2:], refused=True)
        VISIT.perform(published, "publish", by=head, public_result=proposed_result(published))
        off = self.plan(first, head, team, Kind.DAILY)
        VISIT.perform(off, "cancel", by=head, cancel_reason="项目临时停电停工，改期检查")

    def plan(
        self, project: Project, head: User, team: Sequence[Inspector], kind: str, day: date | None = None
    ) -> Visit:
        return plan_visit(
            project=project, kind=kind, planned_on=day or self.today, inspectors=team, checklists=TABLES, by=head
        )

    def carry_out(
        self, visit: Visit, problems: Sequence[tuple[str, int, dict[str, Any]]], refused: bool = False
    ) -> Visit:
        by = lead(visit)
        self.answer(visit, {(code, item): 0 for code, item, _ in problems})
        self.look_again(visit)
        for code, item, told in problems:
            self.problem(visit, code, item, told)
        put_notes(
            visit, by=by, site_note="主体结构施工，现场约 80 人", conclusion="对发现的问题立即整改，举一反三自查。"
        )
        for member in visit.team.select_related("inspector"):
            put_signature(
                visit, by=by, key=self.key(), role="inspector", inspector_id=member.inspector_id, image=self.stroke()
            )
        told = {"name": "赵伟", "post": "项目经理"}
        if refused:
            extra: dict[str, Any] = {"is_refused": True, "refusal_note": "对塔机扣分有异议", "witnesses": "周敏"}
        else:
            extra = {"image": self.stroke()}
        put_signature(visit, by=by, key=self.key(), role="inspected", **told, **extra)
        return VISIT.perform(visit, "submit", by=by)

    def look_again(self, visit: Visit) -> None:
        """What the visit has to look at again: half put right, or behind a locked door."""
        said = cycle((("partly", "仍有一处未整改到位"), ("unseen", "部位停工封闭，未能进入")))
        needed = visit.second_looks.filter(is_needed=True).order_by("position")
        for look, (outcome, remark) in zip(needed, said, strict=False):
            put_second_look(visit, by=lead(visit), key=look.pk, outcome=outcome, remark=remark)

    def answer(self, visit: Visit, failed: dict[tuple[str, int], int], most: int = 1000) -> None:
        """Mostly as it should be, here and there a small deduction, and what `failed` names."""
        left = most
        for checklist in visit.checklists.order_by("pk"):
            for item in table_of(checklist).items:
                if left <= 0:
                    return
                left -= 1
                told = self.verdict(item, failed.get((checklist.code, item.seq)))
                put_answer(visit, by=lead(visit), checklist=checklist, item=item.seq, **told)

    def verdict(self, item: Item, reason: int | None) -> dict[str, Any]:
        if reason is None and (self.rng.random() > 0.25 or item.points < 10):
            return {"verdict": "pass"}
        if reason is None:
            own = {"code": "own", "text": "资料签字不齐全", "points": self.rng.randint(1, 3)}
            return {"verdict": "deduct", "deductions": [own]}
        return {"verdict": "deduct", "deductions": [{"code": item.deductions[reason + 1].code}]}

    def problem(self, visit: Visit, code: str, number: int, told: dict[str, Any]) -> None:
        checklist = visit.checklists.get(code=code)
        item = table_of(checklist).item(number)
        if item is None:
            return
        reason, values = item.deductions[1], {k: v for k, v in told.items() if k != "picture"}
        finding = put_finding(
            visit,
            by=lead(visit),
            key=self.key(),
            checklist=checklist,
            item=number,
            deduction=reason.code,
            description=f"{told['place']}{reason.text}",
            category=checklist.content["group"],
            clause=item.clause,
            demands=reason.demand,
            grade=reason.grade,
            **values,
        )
        picture = scene(told["picture"], False, random.Random(number))  # noqa: S311
        take_in_photo(visit, by=lead(visit), key=self.key(), file=picture, name="site.jpg", finding=finding.pk)

    def key(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)

    def stroke(self) -> bytes:
        """A signature as a finger draws it."""
        picture = Image.new("RGB", (300, 120), "white")
        points = [(20 + 26 * n, self.rng.randint(20, 100)) for n in range(10)]
        ImageDraw.Draw(picture).line(points, fill="#0f2b57", width=4, joint="curve")
        file = BytesIO()
        picture.save(file, "PNG")
        return file.getvalue()


def lead(visit: Visit) -> Any:
    return visit.team.select_related("inspector__user").order_by("position")[0].inspector.user


# Plans and draws ------------------------------------------------------------------------------------------------------


def plan_and_draw(made: Inspections, head: User, keepers: Sequence[User], round_drawn: bool) -> Draw:
    """A published plan, a running campaign, and its first round: drawn, or announced for tomorrow."""
    office, today = head.organisation, made.today
    plan = Plan.objects.create(
        organisation=office,
        region_path=office.region_path,
        year=today.year,
        title=f"{today.year}年度监督检查计划（演示）",
        text="全年对在建项目开展不少于两轮全覆盖检查；双随机抽查按信用风险分类确定比例，结果 20 个工作日内公示。",
    )
    PLAN.perform(plan, "publish_plan", by=head)
    campaign = Campaign.objects.create(
        number=next_number(),
        plan=plan,
        organisation=office,
        region_path=office.region_path,
        made_by=head,
        kind=Kind.RANDOM,
        title="双随机抽查（演示）",
        basis="按年度计划开展，检查表采用 JGJ 59-2011。",
        checklists=list(TABLES[:1] + TABLES[4:]),
        rounds=2,
        starts_on=today - timedelta(days=10),
        ends_on=today + timedelta(days=60),
        zero_report="week",
    )
    half = {unit: (count + 1) // 2 for unit, count in projects_by_unit(campaign, units_of(campaign)).items()}
    rounds = range(1, campaign.rounds + 1)
    set_quotas(campaign, by=head, cells={(number, unit): count for number in rounds for unit, count in half.items()})
    campaign = CAMPAIGN.perform(campaign, "start_campaign", by=head)
    return draw_of(campaign, head, keepers, today, round_drawn)


def draw_of(campaign: Campaign, head: User, keepers: Sequence[User], today: date, is_drawn: bool) -> Draw:
    register = registry["draws"]
    at = timezone.localtime() + timedelta(days=1)
    form = register.form(
        head,
        {
            "campaign": campaign.pk,
            "round": 1,
            "draw_at": f"{at:%Y-%m-%dT%H:%M}",
            "public_source": "抽取日上证指数收盘值",
            "custodian_a": keepers[0].pk,
            "custodian_b": keepers[1].pk,
            "recent_days": 0,
            "visits_from": (today + timedelta(days=2)).isoformat(),
            "visits_until": (today + timedelta(days=9)).isoformat(),
            **{f"rate_{grade}": rate for grade, rate in zip("abcde", (5, 10, 40, 60, 100), strict=True)},
        },
    )
    if not form.is_valid():
        raise ValueError(form.errors.as_json())
    draw: Draw = register.save(form, by=head)
    secrets = [f"{campaign.number}-{keeper.username}-yanshi" for keeper in keepers]
    for keeper, secret in zip(keepers, secrets, strict=True):
        draw = DRAW.perform(draw, "commit_secret", by=keeper, commitment=commitment_of(secret))
    draw = DRAW.perform(draw, "announce_draw", by=head)
    if not is_drawn:
        return draw
    # A demonstration tells a story of the past: the announced moment has come, as that of its hazards' events.
    with pgtrigger.ignore("inspections.Draw:announced_stays"):
        Draw.objects.filter(pk=draw.pk).update(draw_at=timezone.now() - timedelta(minutes=1))
    for keeper, secret in zip(keepers, secrets, strict=True):
        draw = DRAW.perform(draw, "reveal_secret", by=keeper, secret=secret)
    return DRAW.perform(draw, "hold_draw", by=head, public_value="3871.05")
