"""Preparing a draw: which campaign and round, when, by whose secrets, under which terms."""

from typing import Any

from django import forms
from django.db import transaction

from apps.accounts.holders import holders_by
from apps.core.records import save_form
from apps.inspections.models import Draw, DrawState
from apps.notifications.services import notify


@transaction.atomic
def save_draw(form: forms.ModelForm, *, by: Any, version: int | None = None) -> Draw:
    """A new draw, or the terms of one that is not announced yet; custodians are asked for what they have to hand in."""
    draw: Draw = form.instance
    if draw._state.adding:
        draw.organisation = by.organisation
        draw.region_path = by.organisation.region_path
        draw.prepared_by = by
    draw.replaces = last_void(draw)
    if form.initial.get("custodian_a") != draw.custodian_a_id:
        draw.commitment_a = ""
    if form.initial.get("custodian_b") != draw.custodian_b_id:
        draw.commitment_b = ""
    saved: Draw = save_form(form, by=by, version=version)
    ask_custodians(saved)
    return saved


def last_void(draw: Draw) -> Draw | None:
    """The draw of this round that was voided last: the new one stands in its place."""
    void = Draw.objects.filter(campaign=draw.campaign_id, round=draw.round, state=DrawState.VOIDED)
    return void.order_by("-pk").first()


def ask_custodians(draw: Draw) -> None:
    asked = {draw.custodian_a_id: draw.commitment_a, draw.custodian_b_id: draw.commitment_b}
    notify(
        [person for person, commitment in asked.items() if not commitment],
        kind="draw_prepared",
        title=f"请交存随机抽取的承诺值：{draw.campaign}",
        body=f"第 {draw.round} 轮，您是密语保管人。公告前请交存密语的 SHA-256。",
        url=draw.get_absolute_url(),
        level="must_do",
        dedupe_key=f"draw:{draw.pk}:{draw.version}",
    )


def office_of(draw: Draw, permission: str) -> list[int]:
    """The people of the offices of the draw's own region who hold this permission."""
    return holders_by(permission, "organisation__region_path", [draw.region_path])[draw.region_path]
