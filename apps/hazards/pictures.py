"""How photographs are shown: before beside after, with what we know of them and what they say of themselves."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from apps.core import files
from apps.core.photos import PhotoFacts, doubts
from apps.hazards.models import Hazard, Photo, PhotoStage
from apps.hazards.models.photo import Photograph
from apps.hazards.services.photos import Used, similar_photos
from apps.hazards.sites import distance_words

Figure = dict[str, Any]
TONES = {PhotoStage.BEFORE: "red", PhotoStage.AFTER: "green", PhotoStage.VERIFICATION: "blue"}


def photos_of(hazard: Hazard) -> list[Photo]:
    """The photographs in the order they came; each knows its hazard, so that nothing is asked for twice."""
    photos = list(hazard.photos.select_related("original", "uploaded_by").order_by("uploaded_at"))
    for photo in photos:
        photo.hazard = hazard
    return photos


def pairs(photos: Sequence[Photo], user: Any) -> list[dict[str, Figure]]:
    """Before beside after, as far as they pair, the latest answer on top; those of the verification follow."""
    doubtful = warnings_of(photos, user)
    before = [as_figure(p, doubtful[p.pk]) for p in photos if p.stage == PhotoStage.BEFORE]
    after = [answered_figure(p, answer, doubtful[p.pk]) for answer, p in by_answer(photos)]
    verified = [as_figure(p, doubtful[p.pk]) for p in photos if p.stage == PhotoStage.VERIFICATION]
    return [
        *paired(before, after, {"missing": "没有更多整改前照片"}, {"missing": "还没有整改后照片"}),
        *paired(verified[::2], verified[1::2], {}, {"missing": "没有更多复查照片"}),
    ]


def by_answer(photos: Sequence[Photo]) -> list[tuple[int, Photo]]:
    """The photographs of after with the number of answers that came since theirs, the latest answer first."""
    after = [p for p in photos if p.stage == PhotoStage.AFTER]
    steps = sorted({p.step or 0 for p in after}, reverse=True)
    return [(since, p) for since, step in enumerate(steps) for p in after if (p.step or 0) == step]


def answered_figure(photo: Photo, since: int, warnings: list[str]) -> Figure:
    """What an earlier answer showed was not accepted, and must not be taken for how the place looks now."""
    figure = as_figure(photo, warnings)
    return figure | {"tag": "先前的整改后", "tone": ""} if since else figure


def paired(left: list[Figure], right: list[Figure], no_left: Figure, no_right: Figure) -> list[dict[str, Figure]]:
    count = max(len(left), len(right))
    return [
        {"before": left[i] if i < len(left) else no_left, "after": right[i] if i < len(right) else no_right}
        for i in range(count)
    ]


def as_figure(photo: Photo, warnings: list[str]) -> Figure:
    return {
        "tag": photo.get_stage_display(),
        "tone": TONES[PhotoStage(photo.stage)],
        "url": photo_url(photo, "shown"),
        "thumb_url": photo_url(photo, "shown"),
        "alt": f"{photo.get_stage_display()}照片，{photo.uploaded_by.name}上传，查看大图",
        "lines": [told_by_us(photo), *told_by_picture(photo)],
        "warnings": warnings,
    }


def served(photo: Photograph, size: str) -> HttpResponseBase:
    """The bytes of a photograph in one of its three sizes; the calling view has asked for its scope.  The original is
    only ever a download."""
    stored: Any = {"thumbnail": photo.thumbnail, "shown": photo.shown, "original": photo.original}[size]
    original = size == "original"
    return files.serve(stored, filename=stored.original_name, inline=not original, max_age=0 if original else 3600)


def photo_url(photo: Photo, size: str) -> str:
    return reverse("hazards:photo", args=[photo.pk, size])


def told_by_us(photo: Photo) -> str:
    return f"{timezone.localtime(photo.uploaded_at):%m-%d %H:%M} {photo.uploaded_by.name}上传"


def told_by_picture(photo: Photo) -> list[str]:
    """What the picture says of itself, marked as such."""
    told = [f"照片自带时间 {timezone.localtime(photo.taken_at_hint):%m-%d %H:%M}"] if photo.taken_at_hint else []
    distance = site_distance(photo)
    if distance is None:
        return told
    return [*told, f"照片自带位置距工地 {distance_words(distance)}" if distance >= 1 else "照片自带位置在工地内"]


def site_distance(photo: Photo) -> float | None:
    """Metres between the place the picture claims and the site; None where either is not known."""
    if photo.hazard is None or photo.latitude_hint is None or photo.longitude_hint is None:
        return None
    return photo.hazard.project.distance_m(float(photo.longitude_hint), float(photo.latitude_hint))


# Doubts: to look at, never a refusal ------------------------------------------------------------------------------


def warnings(photo: Photo, user: Any) -> list[str]:
    return warnings_of([photo], user)[photo.pk]


def warnings_of(photos: Sequence[Photo], user: Any) -> dict[UUID, list[str]]:
    """What is odd about each picture; a foreign hazard is not named.  Two queries for however many pictures."""
    similar = similar_photos(photos)
    theirs = {used.hazard_id for others in similar.values() for used in others}
    known = set(Hazard.objects.visible_to(user).filter(pk__in=theirs).values_list("pk", flat=True)) if theirs else set()
    return {
        photo.pk: list(
            dict.fromkeys([*own_doubts(photo), *(reused(photo, u, u.hazard_id in known) for u in similar[photo.pk])])
        )
        for photo in photos
    }


def own_doubts(photo: Photo) -> list[str]:
    told = doubts(facts_of(photo), received_at=photo.uploaded_at, site=site_point(photo))
    return [*told, "照片标注的拍摄日期早于检查日期，不能反映整改后的情况，请核对"] if is_too_old(photo) else [*told]


def is_too_old(photo: Photo) -> bool:
    """What was taken before the hazard was found cannot show it put right."""
    if photo.hazard is None or photo.taken_at_hint is None or photo.stage == PhotoStage.BEFORE:
        return False
    return timezone.localdate(photo.taken_at_hint) < photo.hazard.found_on


def reused(photo: Photo, used: Used, is_visible: bool) -> str:
    if used.hazard_id == photo.hazard_id:
        return f"与本隐患先前的{PhotoStage(used.stage).label}照片相同或极相近"
    return f"与 {used.number} 的照片相同或极相近" if is_visible else "与其他隐患的照片相同或极相近"


def facts_of(photo: Photo) -> PhotoFacts:
    """What the picture said of itself when it was taken in."""
    lat, lon = photo.latitude_hint, photo.longitude_hint
    return PhotoFacts(
        format="JPEG",
        width=photo.width,
        height=photo.height,
        taken_at_hint=photo.taken_at_hint,
        lat_hint=None if lat is None else float(lat),
        lon_hint=None if lon is None else float(lon),
        device_hint="",
        phash=photo.phash,
    )


def site_point(photo: Photo) -> tuple[float, float] | None:
    project = photo.hazard.project if photo.hazard else None
    if project is None or project.latitude is None or project.longitude is None:
        return None
    return float(project.latitude), float(project.longitude)


def kept_photos(form: Any) -> list[dict[str, str]]:
    """The photographs that a refused or resumed form has already taken in."""
    return thumbnails(getattr(form, "kept", ()))


def thumbnails(photos: Iterable[Photo]) -> list[dict[str, str]]:
    """Photographs that wait for their form, as templates/core/_photos_field.html shows them."""
    return [{"id": str(p.pk), "thumb_url": photo_url(p, "thumbnail"), "alt": p.get_stage_display()} for p in photos]
