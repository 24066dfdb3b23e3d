"""Photographs as evidence: told by their bytes, opened within limits, copied for screens, compared by sight."""

import io
import logging
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from django.utils.timezone import localtime
from PIL import Image, ImageOps, ImageStat
from pillow_heif import register_heif_opener

from apps.core.exif import read_hints, upright
from apps.core.files import HEAD, MEGABYTE, FileRefused, kind_of, size_label
from apps.core.phash import SAME_PICTURE, hamming, picture_hash

__all__ = [
    "SAME_PICTURE",
    "PhotoFacts",
    "PhotoRefused",
    "distance_m",
    "doubts",
    "examine",
    "hamming",
    "shown_copy",
    "thumbnail",
]

logger = logging.getLogger(__name__)

MAX_BYTES = 15 * MEGABYTE
MAX_PIXELS = 50_000_000
SHOWN_SIDE = 1600
THUMBNAIL_SIDE = 240
THUMBNAIL_BYTES = 12 * 1024
READERS = {"JPEG": "JPEG", "PNG": "PNG", "HEIC": "HEIF"}
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/heic": "HEIC"}
ENDINGS = {"JPEG": ("jpg", "jpeg", "jfif"), "PNG": ("png",), "HEIC": ("heic", "heif")}
REDUCIBLE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
FEATURELESS = 4.0
"""Standard deviation of brightness (0 to 255) under which there is nothing to recognise."""
EARTH_RADIUS_M = 6_371_009
CLOCK_SLACK = timedelta(minutes=10)
STALE_AFTER = timedelta(days=7)
SITE_RADIUS_M = 1000
"""Generous: a phone is off by tens of metres, and a site marked on a Chinese map (GCJ-02) by some 500."""

# Once and for the whole process, since `warnings.catch_warnings` is not safe between threads.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


class PhotoRefused(FileRefused):
    """The file cannot serve as a photograph; the reason says what to do."""


@dataclass(frozen=True)
class PhotoFacts:
    """What the bytes say; width and height are those of the upright picture.

    The hints come from EXIF: show them beside the time of upload and the place of the site, and decide
    nothing by them.  `phash` is 0 for a picture with nothing on it to compare.
    """

    format: str
    width: int
    height: int
    taken_at_hint: datetime | None
    lat_hint: float | None
    lon_hint: float | None
    device_hint: str
    phash: int
    problems: tuple[str, ...] = ()


# Opening


def examine(file: IO[bytes], *, name: str = "") -> PhotoFacts:
    """Decode the whole picture and say what it is; PhotoRefused for what is no sound JPEG, PNG or HEIC.

    `name` is the client's file name: an ending that belies the content is a problem to tell, no refusal.
    """
    with _opened(file) as (image, kind):
        hints, size = read_hints(image), image.size
        grey = upright(_decoded(image, THUMBNAIL_SIDE), hints).convert("L")
        is_featureless = ImageStat.Stat(grey).stddev[0] < FEATURELESS
        fingerprint = 0 if is_featureless else picture_hash(grey)
    width, height = reversed(size) if hints.is_turned else size
    return PhotoFacts(
        format=kind,
        width=width,
        height=height,
        taken_at_hint=hints.taken_at,
        lat_hint=hints.lat,
        lon_hint=hints.lon,
        device_hint=hints.device,
        phash=fingerprint,
        problems=tuple(_problems(kind, name, is_featureless)),
    )


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[tuple[Image.Image, str]]:
    """The picture with only its header read; whatever a decoder throws comes out as PhotoRefused."""
    content = _content(file)
    kind = FORMATS.get(kind_of(content[:HEAD]))
    if kind is None:
        raise PhotoRefused("不是 JPEG、PNG 或 HEIC 照片，请直接上传手机或相机拍摄的原图")
    try:
        with Image.open(io.BytesIO(content), formats=[READERS[kind]]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            yield image, kind
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoRefused(f"照片超过 {MAX_PIXELS // 10_000} 万像素，请调低相机分辨率后重新拍摄") from error
    # ValueError, SyntaxError, struct.error, zlib.error, MemoryError, …: on hostile bytes a decoder raises anything.
    except Exception as error:
        logger.info("photograph refused: %r", error)
        raise PhotoRefused("照片已损坏或不完整，无法打开，请重新拍摄，或从原设备重新导出后上传") from error


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    content = file.read(MAX_BYTES + 1)
    if not content:
        raise PhotoRefused("照片是空文件，请重新选择")
    if len(content) > MAX_BYTES:
        raise PhotoRefused(f"照片超过 {size_label(MAX_BYTES)}，请压缩或调低分辨率后再上传")
    return content


def _problems(kind: str, name: str, is_featureless: bool) -> Iterator[str]:
    ending = name.rpartition(".")[2].lower()
    if "." in name and ending not in ENDINGS[kind]:
        yield f"文件名以“.{ending[:10]}”结尾，内容却是 {kind} 照片"
    if is_featureless:
        yield "照片几乎是一片纯色，看不出内容，请确认拍清了现场"


# Copies for screens


def shown_copy(file: IO[bytes], long_side: int = SHOWN_SIDE) -> bytes:
    """An upright JPEG without any metadata; the original stays the evidence."""
    with _opened(file) as (image, _kind):
        return _jpeg(_small(image, long_side), quality=82)


def thumbnail(file: IO[bytes], long_side: int = THUMBNAIL_SIDE) -> bytes:
    """A JPEG of at most 12 KB.  Make it from the shown copy, which is far quicker to open than the original."""
    with _opened(file) as (image, _kind):
        picture = _small(image, long_side)
        for scale, quality in ((1.0, 75), (1.0, 55), (1.0, 35), (0.7, 30), (0.5, 20)):
            made = _jpeg(ImageOps.scale(picture, scale), quality)
            if len(made) <= THUMBNAIL_BYTES:
                break
        return made


def _small(image: Image.Image, long_side: int) -> Image.Image:
    hints = read_hints(image)
    flat = _on_white(upright(_decoded(image, long_side), hints))
    flat.thumbnail((long_side, long_side), Image.Resampling.LANCZOS)
    return flat


def _decoded(image: Image.Image, long_side: int) -> Image.Image:
    """The picture with every byte read, so that a cut-off file is noticed now.

    Fifty megapixels in full take 200 MB, so a JPEG is decoded at the nearest fraction above `long_side`, and
    others are reduced before anything copies them.
    """
    image.draft("RGB", (long_side, long_side))
    image.load()
    factor = max(image.size) // (2 * long_side)
    return image.reduce(factor) if factor > 1 and image.mode in REDUCIBLE else image


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def _jpeg(image: Image.Image, quality: int) -> bytes:
    """From the pixels alone: a fresh picture has no EXIF, comment or profile to carry along."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    target = io.BytesIO()
    bare.save(target, "JPEG", quality=quality, optimize=True, progressive=True)
    return target.getvalue()


# Hints beside what is known


def doubts(
    facts: PhotoFacts,
    *,
    received_at: datetime,
    site: tuple[float, float] | None = None,
    radius_m: float = SITE_RADIUS_M,
) -> tuple[str, ...]:
    """Sentences to show beside a photograph whose EXIF does not fit its upload; `site` is (lat, lon)."""
    return (*facts.problems, *_time_doubts(facts, received_at), *_place_doubts(facts, site, radius_m))


def _time_doubts(facts: PhotoFacts, received_at: datetime) -> Iterator[str]:
    taken = facts.taken_at_hint
    if taken is None:
        yield "照片不含拍摄时间，可能经其他软件转发或编辑过"
        return
    when = f"{localtime(taken):%Y-%m-%d %H:%M}"
    if taken > received_at + CLOCK_SLACK:
        yield f"照片标注的拍摄时间 {when} 晚于上传时间，设备时钟可能不准"
    elif taken < received_at - STALE_AFTER:
        yield f"照片标注拍摄于 {when}，早于上传时间 {(received_at - taken).days} 天，请核对是否为本次拍摄"


def _place_doubts(facts: PhotoFacts, site: tuple[float, float] | None, radius_m: float) -> Iterator[str]:
    if site is None or facts.lat_hint is None or facts.lon_hint is None:
        return
    away = distance_m(facts.lat_hint, facts.lon_hint, *site)
    if away > radius_m:
        yield f"照片标注的位置距工地约 {away / 1000:.1f} 公里"


def distance_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Metres along the surface of a sphere, good to half a percent."""
    north, east = math.radians(lat2 - lat1), math.radians(lon2 - lon1)
    narrowing = math.cos(math.radians(lat1)) * math.cos(math.radians(lat2))
    half_chord = math.sin(north / 2) ** 2 + narrowing * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, half_chord)))
