"""Places of sites: degrees of longitude and latitude, metres between them.

Whether a position is WGS-84 or GCJ-02 depends on where it was read; the two differ by some hundred metres in Hebei,
so distances are hints and never a reason to refuse.
"""

from collections.abc import Sequence
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt

from django.core.exceptions import ValidationError

Point = tuple[float, float]

EARTH_RADIUS_M = 6_371_008.8
# Hebei with a margin; what lies outside is a slip of the pen, mostly longitude and latitude swapped.
WEST, SOUTH, EAST, NORTH = 113.0, 35.5, 120.5, 43.0
MOST_CORNERS = 500


def in_hebei(longitude: float | Decimal, latitude: float | Decimal) -> bool:
    return WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH


def distance_m(a: Point, b: Point) -> float:
    """Great-circle distance in metres."""
    (lon1, lat1), (lon2, lat2) = ((radians(lon), radians(lat)) for lon, lat in (a, b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(h))


def contains(polygon: Sequence[Point], point: Point) -> bool:
    """Whether the point lies inside the ring (even-odd rule)."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def distance_to_ring_m(polygon: Sequence[Point], point: Point) -> float:
    """Metres from the point to the nearest edge, on a plane that is true enough for a site."""
    scale = cos(radians(point[1]))
    flat = [((lon - point[0]) * scale, lat - point[1]) for lon, lat in polygon]
    nearest = min(_to_origin(a, b) for a, b in zip(flat, [*flat[1:], flat[0]], strict=True))
    return nearest * radians(1) * EARTH_RADIUS_M


def _to_origin(a: Point, b: Point) -> float:
    (x1, y1), (x2, y2) = a, b
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    t = 0.0 if length == 0 else max(0.0, min(1.0, -(x1 * (x2 - x1) + y1 * (y2 - y1)) / length))
    return sqrt((x1 + t * (x2 - x1)) ** 2 + (y1 + t * (y2 - y1)) ** 2)


def parse_corners(text: str) -> list[list[float]]:
    """Corners as people paste them: one “经度,纬度” per line, or separated by semicolons.  Empty text is no outline."""
    lines = text.replace("；", ";").replace("，", ",").replace("\n", ";").split(";")
    corners = [_corner(number, line) for number, line in enumerate((s for s in lines if s.strip()), start=1)]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if corners and not 3 <= len(corners) <= MOST_CORNERS:
        raise ValidationError(f"场地范围应有3至{MOST_CORNERS}个角点，现有{len(corners)}个")
    return corners


def _corner(number: int, line: str) -> list[float]:
    try:
        longitude, latitude = (float(part) for part in line.split(","))
    except ValueError:
        raise ValidationError(f"第{number}个角点“{line.strip()[:40]}”应写作“经度,纬度”") from None
    if not in_hebei(longitude, latitude):
        raise ValidationError(f"第{number}个角点“{line.strip()[:40]}”不在河北省范围内，请检查经纬度是否写反")
    return [longitude, latitude]


def corners_text(corners: Sequence[Sequence[float]] | None) -> str:
    return "\n".join(f"{lon},{lat}" for lon, lat in corners or [])
