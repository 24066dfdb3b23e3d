"""The zip side of the pre-scan: is this a plain workbook package, and what does it really unpack to?

Sizes in a zip directory are claims. Python's zipfile stops at the claimed size, other readers do not, so every
part is inflated here from its raw bytes and must end exactly where the directory says.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from apps.core.excel.limits import MEGABYTE, Limits
from apps.core.excel.refusal import WorkbookRefused
from apps.core.excel.text import clean, shorten

CHUNK = 64 * 1024
TOO_LARGE = "文件解压后过大，已拒绝；请删除多余的行、列或格式后再上传"
BOMB = "文件解压后会膨胀数百倍，不是正常的工作簿，已拒绝；请用 Excel 打开后另存再上传"
_DIRECTORY_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER = 30
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_READABLE = re.compile(r"\[Content_Types\]\.xml|_rels/\.rels|docProps/[^/]+\.xml|xl/(?:[^/]+/){0,4}[^/]+\.(?:xml|rels)")
# Parts that are unpacked and counted but never parsed: pictures, printer settings, comment boxes, custom XML. Excel and
# WPS write them into quite ordinary ledgers (every sheet that was ever printed has a printerSettings1.bin).
_INERT = re.compile(
    r"xl/media/[^/]+\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svg)|xl/printerSettings/[^/]+\.bin|xl/drawings/[^/]+\.vml"
    r"|docProps/thumbnail\.(?:jpe?g|png|emf|wmf)|customXml/(?:[^/]+/)?[^/]+\.(?:xml|rels)|docMetadata/[^/]+\.xml",
    re.IGNORECASE,
)
_FORBIDDEN = (
    (re.compile(r"vba|macrosheets|activeX", re.IGNORECASE), "macro", "文件含有宏或控件，请另存为不含宏的 .xlsx 再上传"),
    (re.compile(r"^xl/externalLinks/", re.IGNORECASE), "external_link", "文件引用了外部工作簿，请先断开外部链接再上传"),
    (re.compile(r"^xl/embeddings/", re.IGNORECASE), "embedded", "文件内嵌了其他文件，请删除内嵌对象后再上传"),
    (re.compile(r"^xl/workbook\.bin$"), "xlsb", "这是 .xlsb 二进制工作簿，请另存为 .xlsx 后再上传"),
)


def kind_of(stream: BinaryIO, limits: Limits) -> str:
    """`"zip"` or `"text"`; refuses old binary, encrypted, empty and oversized files with the fitting sentence."""
    size = stream.seek(0, 2)
    stream.seek(0)
    if size == 0:
        raise WorkbookRefused("empty", "文件是空的")
    if size > limits.file_bytes:
        megabytes = limits.file_bytes // MEGABYTE
        raise WorkbookRefused("file_size", f"文件超过 {megabytes} MB，请拆分后再上传")
    start = stream.read(8)
    if start == _OLE:
        _refuse_ole(stream)
    return "zip" if start.startswith(b"PK") else "text"


def _refuse_ole(stream: BinaryIO) -> None:
    stream.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in stream.read():
        raise WorkbookRefused("encrypted", "文件设有打开密码，请取消密码后再上传")
    raise WorkbookRefused("xls", "这是旧版 .xls 或 .et 格式，请用 Excel 或 WPS 另存为 .xlsx 后再上传")


def open_archive(stream: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    """Open the package after counting its entries, so that a directory of a million entries is never built."""
    if _count_entries(stream) > limits.members + 16:  # 16: four bytes may occur by chance in compressed data
        raise WorkbookRefused("members", f"文件内部的部件超过 {limits.members} 个")
    try:
        stream.seek(0)
        return zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise WorkbookRefused("broken_zip", "文件已损坏或没有上传完整，无法打开") from error


def _count_entries(stream: BinaryIO) -> int:
    stream.seek(0)
    count, tail = 0, b""
    while chunk := stream.read(MEGABYTE):
        chunk = tail + chunk
        count += chunk.count(_DIRECTORY_ENTRY)
        tail = chunk[-3:]
    return count


def checked_members(archive: zipfile.ZipFile, limits: Limits) -> list[tuple[zipfile.ZipInfo, bool]]:
    """All parts, after every name was held against the allow list; the flag tells XML that a reader may parse."""
    members = archive.infolist()
    if len(members) > limits.members:
        raise WorkbookRefused("members", f"文件内部的部件超过 {limits.members} 个")
    _refuse_bomb(members, limits)
    names = [member.filename.casefold() for member in members]
    if len(set(names)) < len(names):
        raise WorkbookRefused("duplicate_member", "文件内部有重名的部件，不是正常的工作簿")
    checked = [(member, _is_readable(member)) for member in members]
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise WorkbookRefused("not_workbook", "这不是 Excel 工作簿（.xlsx）")
    return checked


def _refuse_bomb(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    """By the sizes claimed, to which unpack() holds each part. A job may take large files, but nobody takes bombs."""
    packed = sum(member.compress_size for member in members)
    if sum(member.file_size for member in members) > max(limits.harmless_bytes, packed * limits.ratio):
        raise WorkbookRefused("bomb", BOMB)


def _is_readable(member: zipfile.ZipInfo) -> bool:
    name = member.filename
    for pattern, code, reason in _FORBIDDEN:
        if pattern.search(name):
            raise WorkbookRefused(code, reason)
    if ".." in name or "\\" in name or name.startswith("/"):
        raise WorkbookRefused("member_path", "文件内部的部件路径不合规，已拒绝")
    if member.flag_bits & 0x1:
        raise WorkbookRefused("encrypted", "文件设有打开密码，请取消密码后再上传")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise WorkbookRefused("compression", "文件使用了不支持的压缩方式，请用 Excel 另存后再上传")
    if _READABLE.fullmatch(name):
        return True
    if _INERT.fullmatch(name) or (name.endswith("/") and member.file_size == 0):
        return False
    shown = shorten(clean(name)[0])
    raise WorkbookRefused("member_name", f"文件内部含有不允许的部件“{shown}”，请另存为普通 .xlsx 后再上传")


def unpack(stream: BinaryIO, member: zipfile.ZipInfo, limits: Limits) -> Iterator[bytes]:
    """The part's content in chunks, never more than `limits.member_bytes`, and not one byte beside the claimed size."""
    total = 0
    try:
        for chunk in _inflate(stream, member):
            total += len(chunk)
            if total > limits.member_bytes or total > member.file_size:
                raise WorkbookRefused("unpacked_size", TOO_LARGE)
            yield chunk
    except (zlib.error, OSError, ValueError) as error:
        raise WorkbookRefused("broken_zip", "文件已损坏或没有上传完整，无法打开") from error
    if total != member.file_size:
        raise WorkbookRefused("broken_zip", "文件已损坏或没有上传完整，无法打开")


def _inflate(stream: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    stream.seek(member.header_offset)
    header = stream.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
        raise ValueError("no local header")
    stream.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    left = member.compress_size
    inflater = zlib.decompressobj(-15) if member.compress_type == zipfile.ZIP_DEFLATED else None
    while left and (packed := stream.read(min(CHUNK, left))):
        left -= len(packed)
        if inflater is None:
            yield packed
            continue
        yield from _drain(inflater, packed)
    if left or (inflater is not None and not _finished(inflater)):
        raise ValueError("cut short")


def _drain(inflater: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
    """All output of these bytes in bounded pieces. zlib may hold output back after it has taken the last input byte."""
    while not inflater.eof:
        piece = inflater.decompress(packed, CHUNK)
        packed = inflater.unconsumed_tail
        yield piece
        if not packed and len(piece) < CHUNK:
            return


def _finished(inflater: "zlib._Decompress") -> bool:
    """At the end the stream must be complete, with nothing behind it that another reader would go on with."""
    return inflater.eof and not inflater.unused_data
