"""Papers that are sent in as proof: which files are taken, said before anything is kept, and what is kept of them."""

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.core.files import HEAD, MEGABYTE, FileRefused, kind_of, size_label
from apps.core.models import StoredFile

MOST_BYTES = 10 * MEGABYTE
KINDS = frozenset({"application/pdf", "image/jpeg", "image/png"})


def refuse_file(file: Any) -> None:
    """Raises FileRefused with what is wrong with an upload, before anything of it is kept."""
    if not file.size:
        raise FileRefused("文件是空的，请重新选择文件")
    if file.size > MOST_BYTES:
        raise FileRefused(f"文件超过 {size_label(MOST_BYTES)}，请压缩后再上传")
    file.seek(0)
    if kind_of(file.read(HEAD)) not in KINDS:
        raise FileRefused("只接受 PDF、JPEG 或者 PNG 文件，请转换后再上传")


class Proof(models.Model):
    """A file that hangs on a record for good, with who added it and when; the record and its scope are the model's own.

    The model names `never_changed` among its triggers.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="添加人")
    added_at = models.DateTimeField("添加时间", db_default=Now())

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.file)


def never_changed() -> pgtrigger.Trigger:
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
