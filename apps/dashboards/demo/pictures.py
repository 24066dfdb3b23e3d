"""Drawn pictures in place of photographs: scenes of a site before and after, recognisable as drawings."""

import random
from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (960, 720)
SKY, CITY, CONCRETE, FLOOR, EDGE = "#c7d3de", "#a9b7c4", "#9b978d", "#87847c", "#7b776d"


def scene(kind: str, fixed: bool, rng: random.Random) -> BytesIO:
    """A JPEG of a floor under construction with one flaw, or the flaw made good."""
    image = Image.new("RGB", SIZE, SKY)
    draw = ImageDraw.Draw(image)
    _backdrop(draw, rng)
    {"hole": _hole, "edge": _edge, "box": _box, "crane": _crane}[kind](draw, fixed, rng)
    out = BytesIO()
    image.save(out, "JPEG", quality=82)
    out.seek(0)
    return out


def _backdrop(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    for x in range(40, 960, 150):
        height = rng.randint(90, 240)
        draw.rectangle((x, 430 - height, x + rng.randint(60, 110), 430), fill=CITY)
    draw.rectangle((0, 60, 960, 110), fill=CONCRETE)
    for x in (130, 480, 830):
        draw.rectangle((x, 110, x + 46, 450), fill=CONCRETE, outline=EDGE)
    draw.polygon([(0, 440), (960, 400), (960, 720), (0, 720)], fill=FLOOR)
    draw.line([(0, 440), (960, 400)], fill=EDGE, width=6)


def _hole(draw: ImageDraw.ImageDraw, fixed: bool, rng: random.Random) -> None:
    x, y = rng.randint(250, 420), rng.randint(520, 570)
    shape = [(x, y), (x + 260, y - 18), (x + 330, y + 80), (x + 30, y + 105)]
    draw.polygon(shape, fill="#b98a4e" if fixed else "#2b2a28", outline="#5b4a30", width=4)
    if fixed:
        for step in range(4):
            draw.line([(x + 40 + step * 70, y + 8), (x + 70 + step * 70, y + 84)], fill="#c4271a", width=12)


def _edge(draw: ImageDraw.ImageDraw, fixed: bool, rng: random.Random) -> None:
    rails = range(350, 430, 30) if fixed else ()
    for y in rails:
        draw.line([(0, y + 20), (960, y - 18)], fill="#e3b100", width=8)
    for x in range(30, 960, 110) if fixed else (rng.randint(100, 300),):
        draw.line([(x, 330), (x, 440)], fill="#c4271a", width=9)


def _box(draw: ImageDraw.ImageDraw, fixed: bool, rng: random.Random) -> None:
    x = rng.randint(330, 420)
    draw.rectangle((x, 250, x + 240, 560), fill="#d8dde2", outline="#5b6676", width=8)
    for row in range(3):
        draw.rectangle((x + 34 + row * 62, 300, x + 76 + row * 62, 380), fill="#1c2430")
    if fixed:
        draw.rectangle((x + 20, 410, x + 220, 440), fill="#1b7f46")
        draw.line([(x + 120, 560), (x + 120, 690)], fill="#e3b100", width=10)
    else:
        for wire, colour in enumerate(("#c4271a", "#17539d", "#1c2430")):
            draw.line([(x + 50 + wire * 60, 380), (x + 20 + wire * 95, 640)], fill=colour, width=6)


def _crane(draw: ImageDraw.ImageDraw, fixed: bool, rng: random.Random) -> None:
    x = rng.randint(380, 560)
    draw.line([(x, 120), (x, 640)], fill="#d9660f", width=22)
    draw.line([(x - 330, 170), (x + 250, 170)], fill="#d9660f", width=14)
    draw.line([(x, 120), (x - 330, 170)], fill="#d9660f", width=5)
    draw.line([(x - 240, 170), (x - 240, 420)], fill="#1c2430", width=4)
    draw.rectangle((x - 275, 420, x - 205, 470), fill="#1b7f46" if fixed else "#c4271a")
