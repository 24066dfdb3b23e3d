"""Verbs that write plans and campaigns with their quotas."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.core.events import record_event
from apps.core.numbers import next_numbers
from apps.core.records import save_form
from apps.core.scoping import at_or_below
from apps.core.workflow import TransitionRefused, lock
from apps.inspections.coverage import counts_by_path, in_campaign_scope, summed_below
from apps.inspections.drawing.quotas import shares
from apps.inspections.models import Campaign, CampaignState, Plan, Quota
from apps.inspections.workflow.plan import is_of_the_office
from apps.projects.models import Project
from apps.regions.models import Region

PREFIX = "RW"
Cells = Mapping[tuple[int, int], int]
"""Round and key of a region → how many projects."""


@transaction.atomic
def save_plan(form: Any, *, by: Any, version: int | None = None) -> Plan:
    belongs_to_office(form.instance, by)
    return save_form(form, by=by, version=version)


@transaction.atomic
def save_campaign(form: Any, *, by: Any, version: int | None = None) -> Campaign:
    campaign: Campaign = form.instance
    adding = campaign._state.adding
    belongs_to_office(campaign, by)
    if adding:
        campaign.number, campaign.made_by = next_number(), by
    saved: Campaign = save_form(form, by=by, version=version)
    return saved


def belongs_to_office(record: Any, by: Any) -> None:
    """A new one is the office's of its author; one that stands is changed by its own office alone."""
    if record._state.adding:
        record.organisation, record.region_path = by.organisation, by.organisation.region_path
    elif reason := is_of_the_office(record, by):
        raise TransitionRefused(reason)


def next_number() -> str:
    return next_numbers(PREFIX, "inspections_campaign_seq", digits=4)[0]


# Quotas ---------------------------------------------------------------------------------------------------------------


def units_of(campaign: Campaign) -> list[Region]:
    """Among whom a campaign is divided: the regions directly below the office's, or its own where none is."""
    below = list(Region.objects.current().filter(parent__path=campaign.region_path).order_by("path"))
    return below or list(Region.objects.filter(path=campaign.region_path))


def projects_of(campaign: Campaign) -> Any:
    """Every project that the campaign is about, whoever asks: the office that ordered it answers for the region."""
    rows = Project.objects.filter(at_or_below("region_path", campaign.region_path))
    return in_campaign_scope(rows, campaign.scope)


def projects_by_unit(campaign: Campaign, units: list[Region]) -> dict[int, int]:
    counts = counts_by_path(projects_of(campaign))
    sums = summed_below(counts, [unit.path for unit in units])
    return {unit.pk: sums[unit.path] for unit in units}


def suggested(campaign: Campaign, total: int, units: list[Region]) -> dict[int, int]:
    """So many projects of one round, divided by the number of projects that each unit has in the scope."""
    sizes = projects_by_unit(campaign, units)
    of_unit = {unit.path: sizes[unit.pk] for unit in units}
    given = shares(total, of_unit, dict.fromkeys(of_unit, 1))
    return {unit.pk: given[unit.path] for unit in units}


def cannot_set_quotas(campaign: Campaign, user: Any) -> str | None:
    if campaign.state not in (CampaignState.DRAFT, CampaignState.RUNNING):
        return f"任务{campaign.get_state_display()}，不能再分配数量"
    return is_of_the_office(campaign, user)


@transaction.atomic
def set_quotas(campaign: Campaign, *, by: Any, cells: Cells, version: int | None = None) -> Campaign:
    """Replace the quotas by these; a cell of 0 is none.  The event says each that has changed."""
    campaign = lock(campaign, by)
    if reason := cannot_set_quotas(campaign, by):
        raise TransitionRefused(reason)
    if version is not None and version != campaign.version:
        raise TransitionRefused("分配刚被他人修改，请核对后重新提交")
    before = {(quota.round, quota.region_id): quota.count for quota in campaign.quotas.all()}
    wanted = {key: count for key, count in cells.items() if count}
    if before == wanted:
        return campaign
    campaign.quotas.all().delete()
    Quota.objects.bulk_create(
        Quota(campaign=campaign, round=number, region_id=region, count=count)
        for (number, region), count in wanted.items()
    )
    campaign.version += 1
    campaign.save(update_fields=["version"])
    record_event(campaign, "quotas_set", by=by, facts={"quotas": told(before, wanted)})
    return campaign


def told(before: Cells, after: Cells) -> str:
    """第1轮 长安区 3→5；… for those that changed."""
    names = dict(Region.objects.filter(pk__in={region for _, region in (*before, *after)}).values_list("pk", "name"))
    changed = sorted(key for key in {*before, *after} if before.get(key, 0) != after.get(key, 0))
    return "；".join(
        f"第{number}轮 {names[region]} {before.get((number, region), 0)}→{after.get((number, region), 0)}"
        for number, region in changed
    )
