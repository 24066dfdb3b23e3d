"""Pictures made for tests: drawn, saved as a camera would, and spoiled on purpose."""

import io
import struct
import zlib
from random import Random

from PIL import ExifTags, Image, ImageDraw

SIDE = 480
TAKEN = "2026:11:20 10:09:30"


def scene(seed: int, width: int = SIDE, height: int = SIDE * 3 // 4) -> Image.Image:
    """A picture of forty boxes; another seed, another picture."""
    chance = Random(seed)
    picture = Image.new("RGB", (width, height), _colour(chance))
    pen = ImageDraw.Draw(picture)
    for _ in range(40):
        left, top = chance.randrange(width), chance.randrange(height)
        box = (left, top, left + chance.randrange(10, width // 2), top + chance.randrange(10, height // 2))
        pen.rectangle(box, fill=_colour(chance))
    return picture


def _colour(chance: Random) -> tuple[int, int, int]:
    return chance.randrange(256), chance.randrange(256), chance.randrange(256)


def saved(picture: Image.Image, kind: str = "JPEG", **options: object) -> io.BytesIO:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    file.seek(0)
    return file


def jpeg(seed: int = 1, **options: object) -> io.BytesIO:
    return saved(scene(seed), "JPEG", **options)


def camera_exif(
    *,
    taken: str = TAKEN,
    zone: str = "",
    lat: tuple[float, float, float] | None = (38, 2, 45.6),
    lon: tuple[float, float, float] = (114, 30, 36.0),
    orientation: int = 1,
) -> Image.Exif:
    """EXIF as a phone in 石家庄 writes it."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "HUAWEI", "Mate 60"
    exif[ExifTags.Base.Orientation] = orientation
    photo = exif.get_ifd(ExifTags.IFD.Exif)
    photo[ExifTags.Base.DateTimeOriginal] = taken
    if zone:
        photo[ExifTags.Base.OffsetTimeOriginal] = zone
    if lat is not None:
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", lat
        place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", lon
    return exif


def huge_png(side: int) -> bytes:
    """A header that promises side × side pixels over a few real bytes."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(1000))) + _chunk(b"IEND")
    )


def text_bomb_png() -> bytes:
    """A compressed comment that unpacks to 64 MB."""
    bomb = b"note\0\0" + zlib.compress(bytes(64 * 1024 * 1024))
    real = saved(scene(1, 40, 30), "PNG").getvalue()
    return real[:33] + _chunk(b"zTXt", bomb) + real[33:]


def _chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
