"""What a camera wrote into a picture.  Anybody can write it, so it is read warily and only ever shown as a hint."""

import math
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image

CHINA_OFFSET = "+08:00"
BELIEVABLE_YEARS = range(1990, 2101)
TEXT_LENGTH = 60
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What puts a picture of each EXIF orientation upright; from 5 on, width and height change places."""

Tags = dict[int, Any]


@dataclass(frozen=True)
class Hints:
    """All unknown unless the camera said so and the value can be one."""

    taken_at: datetime | None = None
    lat: float | None = None
    lon: float | None = None
    device: str = ""
    orientation: int = 1

    @property
    def is_turned(self) -> bool:
        return self.orientation >= 5


def read_hints(image: Image.Image) -> Hints:
    """Never raises: a picture is good evidence without its EXIF, and EXIF is as hostile as any other bytes."""
    try:
        return _hints(image)
    except Exception:
        return Hints()


def upright(image: Image.Image, hints: Hints) -> Image.Image:
    """The picture as the camera was held, by pixels alone: Pillow's own helper rewrites EXIF and fails on bad one."""
    turn = TURNS.get(hints.orientation)
    return image if turn is None else image.transpose(turn)


def _hints(image: Image.Image) -> Hints:
    exif = image.getexif()
    photo, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    base = ExifTags.Base
    taken = photo.get(base.DateTimeOriginal) or exif.get(base.DateTime)
    lat, lon = _position(place)
    return Hints(
        taken_at=_moment(_text(taken), _text(photo.get(base.OffsetTimeOriginal))),
        lat=lat,
        lon=lon,
        device=f"{_text(exif.get(base.Make))} {_text(exif.get(base.Model))}".strip(),
        orientation=_orientation(exif.get(base.Orientation)),
    )


def _orientation(value: Any) -> int:
    return value if value in TURNS else 1


def _moment(local: str, zone: str) -> datetime | None:
    """The camera's clock; one that names no zone is taken for China's."""
    for offset in (zone, CHINA_OFFSET):
        try:
            taken = datetime.strptime(local + offset, "%Y:%m:%d %H:%M:%S%z")
        except ValueError:
            continue
        if taken.year in BELIEVABLE_YEARS:
            return taken
    return None


def _position(place: Tags) -> tuple[float | None, float | None]:
    """WGS-84 degrees, north and east positive; a camera without a fix writes 0, 0, which is no hint."""
    gps = ExifTags.GPS
    lat = _degrees(place.get(gps.GPSLatitude), _text(place.get(gps.GPSLatitudeRef)) == "S", 90)
    lon = _degrees(place.get(gps.GPSLongitude), _text(place.get(gps.GPSLongitudeRef)) == "W", 180)
    if lat is None or lon is None or lat == lon == 0:
        return None, None
    return lat, lon


def _degrees(parts: Any, is_negative: bool, limit: int) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or not 0 <= value <= limit:
        return None
    return round(-value if is_negative else value, 7)


def _text(value: Any) -> str:
    text = value.decode("utf-8", "ignore") if isinstance(value, bytes) else value if isinstance(value, str) else ""
    return "".join(char for char in text if unicodedata.category(char)[0] != "C").strip()[:TEXT_LENGTH]
