"""Papers that are sent in as proof: which files are taken, said before anything of them is kept."""

from typing import Any

from apps.core.files import HEAD, MEGABYTE, FileRefused, kind_of, size_label

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
