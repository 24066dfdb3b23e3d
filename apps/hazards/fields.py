"""Form fields of this app: photographs that survive a mistake elsewhere in the form."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from apps.core.files import clean_name
from apps.core.photos import PhotoRefused
from apps.hazards.models import Photo, PhotoStage
from apps.hazards.services.photos import Hints, take_in

MOST_PHOTOS = 9


@dataclass
class Upload:
    """What a photo field received: new files, keys of photographs kept from an earlier try, the browser's hints."""

    files: list[UploadedFile] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    hints: list[dict[str, Any]] = field(default_factory=list)


class PhotosInput(forms.FileInput):
    """The file control together with its hidden companions; over the API a plain list of keys."""

    allow_multiple_selected = True
    kept_name, hint_name = "kept_photos", "photo_hint"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Upload:
        if not hasattr(data, "getlist"):
            return Upload(kept=[str(key) for key in data.get(name) or []])
        return Upload(
            files.getlist(name) if files else [], data.getlist(self.kept_name), read_hints(data.get(self.hint_name))
        )


class PhotosField(forms.Field):
    """Photographs of one stage.  A form that has one must be a `WithPhotos`, which takes the files in."""

    widget = PhotosInput

    def __init__(self, *, stage: PhotoStage, **kwargs: Any) -> None:
        self.stage = stage
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Upload:
        return value

    def has_changed(self, initial: Any, data: Upload | None) -> bool:
        return bool(data and (data.files or data.kept))


class WithPhotos(forms.Form):
    """Takes new photographs in before anything else is judged, so that they are kept when the form is refused."""

    user: Any

    def clean_photos(self) -> list[str]:
        """The keys of all photographs of this form.  Raises ValidationError with one sentence per refused file."""
        self.kept: list[Photo] = []
        return self.taken_in("photos", self.cleaned_data["photos"], self.kept)

    def taken_in(self, name: str, upload: Upload, kept: list[Photo]) -> list[str]:
        """Put the photographs of one field into `kept`, also where some are refused."""
        form_field: Any = self.fields[name]
        kept += Photo.objects.waiting(self.user).filter(pk__in=valid_keys(upload.kept))
        refusals = []
        for number, file in enumerate(upload.files):
            hint = upload.hints[number] if number < len(upload.hints) else {}
            try:
                photo = take_in(file, name=file.name or "", stage=form_field.stage, by=self.user, hints=as_hints(hint))
            except PhotoRefused as refusal:
                refusals.append(f"{clean_name(str(file.name))}：{refusal.reason_zh}")
            else:
                kept.append(photo)
        if refusals:
            raise ValidationError(refusals)
        if len(kept) > MOST_PHOTOS:
            raise ValidationError(f"一次最多 {MOST_PHOTOS} 张照片，现有 {len(kept)} 张")
        if form_field.required and not kept:
            raise ValidationError(form_field.error_messages["required"])
        return [str(photo.pk) for photo in kept]


def valid_keys(keys: list[str]) -> list[str]:
    return [key for key in keys if len(key) == 36 and key.count("-") == 4 and key.replace("-", "").isalnum()]


def read_hints(text: str | None) -> list[dict[str, Any]]:
    """The browser's notes on the pictures, one per file; whatever is not as expected is no hint."""
    try:
        notes = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    notes = notes if isinstance(notes, list) else [notes]
    return [note if isinstance(note, dict) else {} for note in notes]


def as_hints(note: dict[str, Any]) -> Hints:
    return Hints(moment(note.get("taken_at")), degrees(note.get("lat"), 90), degrees(note.get("lon"), 180))


def moment(text: Any) -> datetime | None:
    """An ISO time; without a zone it is the phone's, taken as China's."""
    try:
        read = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return read if read.tzinfo else timezone.make_aware(read)


def degrees(value: Any, most: int) -> float | None:
    return value if isinstance(value, (int, float)) and -most <= value <= most else None
