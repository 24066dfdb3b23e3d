"""A signature in a form: drawn on the page, or a photograph of one where nothing can be drawn."""

import base64
import binascii
from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from apps.core import photos

MOST_BYTES = 200 * 1024
PREFIX = "data:image/png;base64,"
JPEG = "data:image/jpeg;base64,"
PREFIXES = {PREFIX: "PNG", JPEG: "JPEG"}


class WithSignature(forms.Form):
    """`signed` is the picture, once the form is valid.

    A photograph becomes a small picture in the hidden field, so that a form that comes back has it still.
    """

    signature = forms.CharField(
        label="手写签名", required=False, widget=forms.HiddenInput({"class": "undrafted"}), strip=True
    )
    signature_file = forms.FileField(label="上传签名照片", required=False)
    signed: bytes = b""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        try:
            self.signed = self.from_file(data.get("signature_file")) or from_text(data.get("signature") or "")
        except ValidationError as refusal:
            self.add_error("signature_file", refusal)
        if not self.signed and "signature_file" not in self.errors:
            self.add_error("signature_file", "还没有签名：请在框内手写，或者上传签名照片")
        return data

    def from_file(self, file: Any) -> bytes:
        if not file:
            return b""
        try:
            photos.examine(file, name=file.name or "")
            file.seek(0)
            copy = BytesIO(photos.shown_copy(file))
            small = photos.thumbnail(copy)
        except photos.PhotoRefused as refusal:
            raise ValidationError(refusal.reason_zh) from refusal
        self.keep(JPEG + base64.b64encode(small).decode())
        return small

    def keep(self, picture: str) -> None:
        """Should the form come back, it has the picture."""
        data: Any = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
        data[self.add_prefix("signature")] = picture
        self.data = data

    @property
    def shown_signature(self) -> str:
        """The picture that the form holds, fit for an image's address; "" for none or anything else."""
        told = str(self["signature"].value() or "")
        return told if told.startswith(tuple(PREFIXES)) and len(told) < MOST_BYTES * 2 else ""


def from_text(told: str) -> bytes:
    """The picture behind a data: address.  Raises ValidationError for what is none."""
    if not told:
        return b""
    prefix = next((known for known in PREFIXES if told.startswith(known)), "")
    try:
        picture = base64.b64decode(told[len(prefix) :], validate=True) if prefix else b""
    except (binascii.Error, ValueError):
        picture = b""
    if not picture or len(picture) > MOST_BYTES:
        raise ValidationError(f"签名图片无效或超过 {MOST_BYTES // 1024} KB，请清除后重新签名")
    try:
        kind = photos.examine(BytesIO(picture)).format
    except photos.PhotoRefused as refusal:
        raise ValidationError("签名图片无效，请清除后重新签名") from refusal
    if kind != PREFIXES[prefix]:
        raise ValidationError("签名图片无效，请清除后重新签名")
    return picture
