"""Photographs: what is accepted, what is read from them, and what is made of them."""

import io
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageEnhance, ImageFilter, ImageOps

from apps.core.phash import picture_hash
from apps.core.photos import (
    MAX_BYTES,
    SAME_PICTURE,
    THUMBNAIL_BYTES,
    PhotoFacts,
    PhotoRefused,
    distance_m,
    doubts,
    examine,
    hamming,
    shown_copy,
    thumbnail,
)
from tests.core.pictures import camera_exif, huge_png, jpeg, saved, scene, text_bomb_png

CHINA = ZoneInfo("Asia/Shanghai")
KINDS = {"JPEG": "JPEG", "PNG": "PNG", "HEIF": "HEIC"}
RECEIVED = datetime(2026, 11, 20, 10, 30, tzinfo=CHINA)


def refusal(content: bytes) -> str:
    with pytest.raises(PhotoRefused) as refused:
        examine(io.BytesIO(content))
    return refused.value.reason_zh


# What is accepted


@pytest.mark.parametrize(("written", "told"), KINDS.items())
def test_jpeg_png_and_heic_are_told_by_their_bytes(written: str, told: str) -> None:
    facts = examine(saved(scene(1), written), name="照片")
    assert (facts.format, facts.width, facts.height, facts.problems) == (told, 480, 360, ())


def test_an_ending_that_belies_the_content_is_told_and_not_refused() -> None:
    assert examine(saved(scene(1), "PNG"), name="现场.JPG").problems == ("文件名以“.jpg”结尾，内容却是 PNG 照片",)


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "GIF", "WEBP", "PPM", "ICO", "TGA", "PCX", "AVIF"])
def test_other_picture_formats_are_refused_whatever_they_are_called(kind: str) -> None:
    assert refusal(saved(scene(1, 64, 48), kind).getvalue()).startswith("不是 JPEG、PNG 或 HEIC 照片，请")


@pytest.mark.parametrize(
    "content",
    [b"%!PS-Adobe-3.0 EPSF-3.0\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"MZ", b"\0" * 40],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    assert refusal(content).startswith("不是 JPEG、PNG 或 HEIC 照片，请")


def test_an_empty_file_is_refused() -> None:
    assert refusal(b"") == "照片是空文件，请重新选择"


def test_a_file_over_fifteen_megabytes_is_refused_before_it_is_opened() -> None:
    assert refusal(jpeg().getvalue() + bytes(MAX_BYTES)) == "照片超过 15 MB，请压缩或调低分辨率后再上传"


@pytest.mark.parametrize("side", [7_072, 13_000, 20_000])
def test_a_picture_over_fifty_megapixels_is_refused_by_its_header(side: int) -> None:
    assert refusal(huge_png(side)) == "照片超过 5000 万像素，请调低相机分辨率后重新拍摄"


@pytest.mark.parametrize(("written", "told"), KINDS.items())
def test_a_picture_cut_off_half_way_is_refused(written: str, told: str) -> None:
    content = saved(scene(1), written).getvalue()
    assert refusal(content[: len(content) // 2]).startswith("照片已损坏或不完整，无法打开，请重新拍摄")


@pytest.mark.slow
def test_a_compressed_comment_that_unpacks_to_64_megabytes_is_refused() -> None:
    assert refusal(text_bomb_png()).startswith("照片已损坏")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(KINDS)), st.randoms(use_true_random=False))
def test_spoiled_bytes_are_read_or_refused_and_nothing_else(kind: str, chance: Random) -> None:
    content = bytearray(saved(scene(3, 96, 72), kind, exif=camera_exif()).getvalue())
    for _ in range(chance.randrange(1, 30)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    spoiled = bytes(content[: chance.randrange(1, len(content) + 1)])
    for use in (examine, shown_copy, thumbnail):
        try:
            use(io.BytesIO(spoiled))
        except PhotoRefused as refused:
            assert "请" in refused.reason_zh


# Hints


@pytest.mark.parametrize("kind", KINDS)
def test_camera_time_place_and_device_are_read_as_hints(kind: str) -> None:
    facts = examine(saved(scene(1), kind, exif=camera_exif()))
    assert facts.taken_at_hint == datetime(2026, 11, 20, 10, 9, 30, tzinfo=CHINA)
    assert facts.lat_hint == pytest.approx(38.046, abs=1e-6)
    assert facts.lon_hint == pytest.approx(114.51, abs=1e-6)
    assert facts.device_hint == "HUAWEI Mate 60"


def test_a_camera_that_names_its_zone_is_believed_to_be_in_it() -> None:
    facts = examine(jpeg(exif=camera_exif(zone="+00:00")))
    assert facts.taken_at_hint == datetime(2026, 11, 20, 10, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "昨天", "1890:01:01 00:00:00", "2026:13:41 99:00:00", ""])
def test_an_impossible_time_is_no_hint(taken: str) -> None:
    assert examine(jpeg(exif=camera_exif(taken=taken))).taken_at_hint is None


@pytest.mark.parametrize("lat", [(91.0, 0.0, 0.0), (0.0, 0.0, 0.0)])
def test_an_impossible_place_is_no_hint(lat: tuple[float, float, float]) -> None:
    facts = examine(jpeg(exif=camera_exif(lat=lat, lon=(0, 0, 0))))
    assert (facts.lat_hint, facts.lon_hint) == (None, None)


def test_a_device_name_loses_its_control_characters() -> None:
    exif = camera_exif()
    exif[ExifTags.Base.Model] = "Mate\x1b[31m\x07 60"
    assert examine(jpeg(exif=exif)).device_hint == "HUAWEI Mate[31m 60"


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data:UserWarning")
def test_exif_of_rubbish_leaves_a_good_picture_good() -> None:
    facts = examine(jpeg(exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + bytes(40)))
    assert (facts.format, facts.taken_at_hint, facts.device_hint) == ("JPEG", None, "")


@pytest.mark.parametrize("orientation", [6, 8])
def test_a_picture_taken_upright_has_the_size_it_is_shown_with(orientation: int) -> None:
    facts = examine(jpeg(exif=camera_exif(orientation=orientation)))
    assert (facts.width, facts.height) == (360, 480)


# Copies


@pytest.mark.parametrize("kind", KINDS)
def test_the_shown_copy_carries_no_metadata(kind: str) -> None:
    original = saved(scene(1), kind, exif=camera_exif())
    assert b"HUAWEI" in original.getvalue()
    copy = shown_copy(original)
    assert (b"HUAWEI" in copy, b"Exif" in copy) == (False, False)
    assert examine(io.BytesIO(copy)).taken_at_hint is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_shown_copy_stands_upright(orientation: int) -> None:
    file = jpeg(exif=camera_exif(orientation=orientation))
    with Image.open(io.BytesIO(shown_copy(file))) as shown, Image.open(file) as original:
        upright = ImageOps.exif_transpose(original)
        assert shown.size == upright.size
        assert hamming(picture_hash(shown), picture_hash(upright)) <= 2


@pytest.mark.slow
def test_the_shown_copy_is_at_most_1600_pixels_long_and_never_enlarged() -> None:
    with Image.open(io.BytesIO(shown_copy(saved(scene(1, 3000, 1000))))) as shown:
        assert shown.size == (1600, 533)
    with Image.open(io.BytesIO(shown_copy(saved(scene(1, 300, 100))))) as shown:
        assert shown.size == (300, 100)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "L", "CMYK", "I;16"])
def test_every_colour_mode_is_shown(mode: str) -> None:
    picture = scene(1).convert("L").convert("I;16") if mode == "I;16" else scene(1).convert(mode)
    with Image.open(io.BytesIO(shown_copy(saved(picture, "JPEG" if mode == "CMYK" else "PNG")))) as shown:
        assert (shown.mode, shown.size) == ("RGB", (480, 360))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "I;16"])
def test_a_large_picture_of_any_mode_is_shown(mode: str) -> None:
    picture = Image.new(mode, (8000, 600))
    with Image.open(io.BytesIO(shown_copy(saved(picture, "PNG")))) as shown:
        assert shown.size == (1600, 120)


def test_transparent_parts_are_shown_white() -> None:
    with Image.open(io.BytesIO(shown_copy(saved(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG")))) as shown:
        assert sum(shown.convert("L").histogram()[:250]) == 0


@pytest.mark.parametrize("picture", [scene(1, 1600, 1200), Image.effect_noise((1600, 1200), 120)])
def test_a_thumbnail_weighs_at_most_twelve_kilobytes(picture: Image.Image) -> None:
    small = thumbnail(saved(picture))
    assert len(small) <= THUMBNAIL_BYTES
    with Image.open(io.BytesIO(small)) as shown:
        assert max(shown.size) <= 240


def test_noise_as_small_as_a_thumbnail_still_fits() -> None:
    noise = Image.frombytes("RGB", (240, 240), Random(1).randbytes(240 * 240 * 3))
    assert len(thumbnail(saved(noise, "PNG"))) <= THUMBNAIL_BYTES


# Sameness


def treated(picture: Image.Image) -> dict[str, io.BytesIO]:
    """What happens to a picture between one upload and the next."""
    return {
        "saved again": saved(picture, "JPEG", quality=30),
        "made smaller": saved(picture.resize((200, 150))),
        "made brighter": saved(ImageEnhance.Brightness(picture).enhance(1.2)),
        "blurred": saved(picture.filter(ImageFilter.GaussianBlur(2))),
        "as PNG": saved(picture, "PNG"),
        "as HEIC": saved(picture, "HEIF", quality=60),
        "as shown": io.BytesIO(shown_copy(saved(picture))),
    }


@pytest.mark.parametrize("seed", range(5))
def test_a_picture_is_known_again_after_treatment(seed: int) -> None:
    picture = scene(seed)
    original = examine(saved(picture)).phash
    far = {name: hamming(original, examine(file).phash) for name, file in treated(picture).items()}
    assert {name: bits for name, bits in far.items() if bits > SAME_PICTURE} == {}


def test_different_pictures_are_far_apart() -> None:
    hashes = [examine(jpeg(seed)).phash for seed in range(30)]
    pairs = [(a, b) for at, a in enumerate(hashes) for b in hashes[:at]]
    assert min(hamming(a, b) for a, b in pairs) > 2 * SAME_PICTURE


def test_hashes_fit_a_signed_bigint_and_some_are_negative() -> None:
    hashes = [examine(jpeg(seed)).phash for seed in range(12)]
    assert all(-(2**63) <= value < 2**63 for value in hashes)
    assert min(hashes) < 0 < max(hashes)


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 63))
def test_one_bit_of_difference_is_a_distance_of_one(value: int, place: int) -> None:
    other = value ^ (1 << place)
    assert hamming(value, other - (1 << 64) if other >= 2**63 else other) == 1


def test_a_picture_of_nothing_has_no_hash_and_says_so() -> None:
    facts = examine(saved(Image.new("RGB", (400, 300), "black")))
    assert facts.phash == 0
    assert facts.problems == ("照片几乎是一片纯色，看不出内容，请确认拍清了现场",)


# Doubts


def facts(**changes: Any) -> PhotoFacts:
    values: dict[str, Any] = {
        "format": "JPEG",
        "width": 4000,
        "height": 3000,
        "taken_at_hint": RECEIVED - timedelta(minutes=20),
        "lat_hint": 38.0460,
        "lon_hint": 114.5100,
        "device_hint": "",
        "phash": 1,
    }
    return PhotoFacts(**values | changes)


def test_a_picture_taken_just_now_on_the_site_raises_no_doubt() -> None:
    assert doubts(facts(), received_at=RECEIVED, site=(38.0465, 114.5110)) == ()


@pytest.mark.parametrize(
    ("taken", "doubt"),
    [
        (RECEIVED + timedelta(days=1), "照片标注的拍摄时间 2026-11-21 10:30 晚于上传时间，设备时钟可能不准"),
        (RECEIVED - timedelta(days=30), "照片标注拍摄于 2026-10-21 10:30，早于上传时间 30 天，请核对是否为本次拍摄"),
        (None, "照片不含拍摄时间，可能经其他软件转发或编辑过"),
    ],
)
def test_a_time_that_does_not_fit_the_upload_is_told(taken: datetime | None, doubt: str) -> None:
    assert doubts(facts(taken_at_hint=taken), received_at=RECEIVED) == (doubt,)


def test_a_place_far_from_the_site_is_told_with_the_distance() -> None:
    assert doubts(facts(), received_at=RECEIVED, site=(38.1360, 114.5100)) == ("照片标注的位置距工地约 10.0 公里",)


@pytest.mark.parametrize(
    ("place", "metres"),
    [((38.0428, 114.5149), 0), ((39.9042, 116.4074), 264_000), ((39.6309, 118.1802), 362_000)],
)
def test_distances_from_the_province_capital_are_those_of_the_map(place: tuple[float, float], metres: int) -> None:
    assert distance_m(38.0428, 114.5149, *place) == pytest.approx(metres, rel=0.01)


def test_a_point_opposite_on_the_globe_is_half_its_girth_away() -> None:
    assert distance_m(0, 0, 0, 180) == pytest.approx(20_015_000, rel=0.001)
