"""A hazard that a phone found outside of any visit (随手拍): entered once, however often it comes."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.core.db import db_now, wait_for_lock
from apps.hazards import sites
from apps.hazards.forms import HazardForm
from apps.hazards.models import Hazard, Photo, Source
from apps.hazards.services import save_and_order, save_draft
from apps.inspections.models import PhoneHazard
from apps.inspections.sync.arrivals import ArrivalRefused
from apps.projects.models import Project, Stage

MOST_SITES = 1000
ORDER = "hazards.order_hazard"


@transaction.atomic
def receive(key: UUID, told: Mapping[str, Any], *, by: Any) -> dict[str, Any]:
    """The receipt of a hazard, entered now or long ago; ordered at once where `told` says so and the user may.

    `told` are the fields of the hazard's sheet, `photos` the keys of photographs that have arrived before.  Raises
    ArrivalRefused, and what the services raise; nothing is entered then.
    """
    wait_for_lock(f"phone-hazard:{key}")
    digest = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
    if known := PhoneHazard.objects.filter(pk=key).first():
        return receipt_again(known, digest, by)
    refuse_if_photos_lack(told["photos"], by)
    receipt = receipt_of(entered(told, by))
    PhoneHazard.objects.create(id=key, hazard_id=receipt.pop("id"), sha256=digest, receipt=receipt, user=by)
    return receipt


def receipt_again(known: PhoneHazard, digest: str, by: Any) -> dict[str, Any]:
    if known.user_id != by.pk:
        raise ArrivalRefused(422, "hazard_reused", "这个编号已用于另一条隐患，请换一个编号")
    if known.sha256 != digest:
        message = f"这条隐患已经以不同的内容收到，编号 {known.receipt['number']}，请到台账中核对"
        raise ArrivalRefused(422, "hazard_reused", message)
    return known.receipt


def refuse_if_photos_lack(keys: Iterable[UUID], by: Any) -> None:
    """Told by key, so that the phone sends those again."""
    here = set(Photo.objects.waiting(by).filter(pk__in=keys).values_list("pk", flat=True))
    if missing := [str(key) for key in keys if key not in here]:
        message = f"有 {len(missing)} 张照片还没有收到，请先上传照片"
        raise ArrivalRefused(409, "photos_missing", message, missing=missing)


def entered(told: Mapping[str, Any], by: Any) -> Hazard:
    """By the form and the services of the desk; the two days that a phone claims meet today as at a visit."""
    today = timezone.localdate()
    late = told["deadline"] and max(told["deadline"], today)
    data = {**told, "photos": list(map(str, told["photos"])), "source": Source.DAILY, "deadline": late}
    data["found_on"] = min(told["found_on"], today)
    ordering = told["order"] and by.has_perm(ORDER)
    form = HazardForm(data, user=by, ordering=ordering)
    if not form.is_valid():
        raise ArrivalRefused(422, "refused", "；".join(words_of(form)))
    return (save_and_order if ordering else save_draft)(form, by=by)


def words_of(form: HazardForm) -> list[str]:
    """Each refusal with the name of its field, for a page that shows them in one line."""
    labels = {name: f"{field.label}：" for name, field in form.fields.items()}
    return [f"{labels.get(name, '')}{text}" for name, texts in form.errors.items() for text in texts]


def receipt_of(hazard: Hazard) -> dict[str, Any]:
    return {
        "id": hazard.pk,
        "number": hazard.number,
        "state": hazard.get_state_display(),
        "url": hazard.get_absolute_url(),
        "photos": hazard.photos.count(),
        "received_at": db_now().isoformat(),
    }


# What phones take along -----------------------------------------------------------------------------------------------


def sites_told(user: Any) -> dict[str, Any]:
    """The sites on which a hazard may be found, with places and who answers; `more` where there are more than told."""
    rows = sites.visible(user).exclude(stage=Stage.COMPLETED).prefetch_related("parties__enterprise__organisation")
    found = list(rows.order_by("name", "pk")[: MOST_SITES + 1])
    return {"sites": [site_told(project) for project in found[:MOST_SITES]], "more": len(found) > MOST_SITES}


def site_told(project: Project) -> dict[str, Any]:
    parties = [
        {"role": party.get_role_display(), "firm": party.enterprise.name, "leader": party.leader}
        for party in project.parties.all()
        if party.ended_on is None
    ]
    return {
        "id": project.pk,
        "name": project.name,
        "number": project.number,
        "longitude": project.longitude and str(project.longitude),
        "latitude": project.latitude and str(project.latitude),
        "parties": parties,
    }
