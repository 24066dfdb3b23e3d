"""What visits and draws wait for, and in whose hands that is: for the tabs of the registers and the morning digest."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.utils import timezone

from apps.accounts.holders import holders_by
from apps.inspections.models import Draw, DrawState, Visit, VisitInspector, VisitState
from apps.notifications.digests import OpenItem, digest_source
from apps.notifications.models import Level

SOON_DAYS = 3
"""From so many days before its end the term of publication is told in the morning as something that must be done."""


@digest_source
def open_visits(day: date) -> Iterator[OpenItem]:
    """Teams hear of what is planned for the day or is late, offices of what they have to make public."""
    due = Q(visit__state__in=VisitState.OPEN, visit__planned_on__lte=day)
    sent = VisitInspector.objects.filter(due).select_related("visit__project", "inspector").order_by("visit", "pk")
    for member in sent:
        words = "今天检查" if member.visit.planned_on == day else f"逾期未检查（计划 {member.visit.planned_on}）"
        yield item(member.inspector.user_id, f"{words}：{member.visit.project.name}", member.visit, Level.MUST_DO)
    waiting = list(Visit.objects.filter(state=VisitState.SUBMITTED).select_related("project").order_by("pk"))
    offices = holders_by("inspections.publish_visit", "organisation", {visit.organisation_id for visit in waiting})
    for visit in waiting:
        is_near = visit.publish_by is not None and (visit.publish_by - day).days <= SOON_DAYS
        level = Level.MUST_DO if is_near else Level.REMINDER
        for person in offices[visit.organisation_id]:
            yield item(person, f"检查结果待公示（{visit.publish_by} 前）：{visit.project.name}", visit, level)


@digest_source
def open_draws(day: date) -> Iterator[OpenItem]:
    """Custodians hear of what they have to hand in or disclose, the region's offices of the next step."""
    draws = list(Draw.objects.filter(state__in=DrawState.STANDING).select_related("campaign").order_by("pk"))
    paths = {draw.region_path for draw in draws}
    heads = {
        permission: holders_by(permission, "organisation__region_path", paths)
        for permission in ("inspections.draw_draw", "inspections.void_draw")
    }
    for draw in draws:
        for person, words in waiting_for(draw, {name: people[draw.region_path] for name, people in heads.items()}):
            yield item(person, f"{words}：{draw.campaign.title} 第 {draw.round} 轮", draw, Level.MUST_DO)


def waiting_for(draw: Draw, offices: dict[str, list[int]]) -> Iterator[tuple[int, str]]:
    if draw.void_requested_by_id is not None and draw.state in (DrawState.ANNOUNCED, DrawState.DRAWN):
        judges = (person for person in offices["inspections.void_draw"] if person != draw.void_requested_by_id)
        yield from ((person, "抽取作废待批准") for person in judges)
    elif draw.state == DrawState.PREPARED:
        lacking = without((draw.custodian_a_id, draw.commitment_a), (draw.custodian_b_id, draw.commitment_b))
        yield from ((person, "请交存承诺值") for person in lacking)
        if not lacking:
            yield from ((person, "抽取待公告") for person in offices["inspections.draw_draw"])
    elif draw.state == DrawState.ANNOUNCED and draw.draw_at <= timezone.now():
        lacking = without((draw.custodian_a_id, draw.secret_a), (draw.custodian_b_id, draw.secret_b))
        yield from ((person, "请公开密语") for person in lacking)
        if not lacking:
            yield from ((person, "抽取待进行") for person in offices["inspections.draw_draw"])


def without(*held: tuple[int | None, str]) -> list[int]:
    return [person for person, value in held if person is not None and not value]


def item(person: int, title: str, record: Visit | Draw, level: Level) -> OpenItem:
    return OpenItem(person, title, record.get_absolute_url(), level)
