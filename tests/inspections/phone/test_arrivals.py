"""Photographs in pieces: any order, any number of times, whole by their hash."""

from datetime import timedelta
from uuid import uuid4

import pgtrigger
import pytest
from django.utils import timezone

from apps.inspections.models import PhotoArrival, PhotoPiece, Visit, VisitPhoto
from apps.inspections.tasks import forget_abandoned_photos
from tests.inspections import stories
from tests.inspections.phone.phones import Phone, answer, finding, picture, pieces
from tests.personas import inspector

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit() -> Visit:
    return stories.planned()


@pytest.fixture
def phone(visit: Visit) -> Phone:
    return Phone(stories.lead(visit), visit)


def test_pieces_in_any_order_make_the_photograph(phone: Phone, visit: Visit) -> None:
    content = picture()
    parts = pieces(content)
    assert len(parts) > 2
    begun = phone.begin(content, checklist=visit.checklists.get().pk, item=1, original_sha256="a" * 64).json()
    assert begun["missing"] == list(range(len(parts)))
    for index in reversed(range(len(parts))):
        told = phone.piece(begun["id"], index, parts[index])
    assert told.json() == {"id": begun["id"], "is_complete": True, "missing": []}
    photo = VisitPhoto.objects.get()
    assert (str(photo.pk), photo.item, photo.camera_sha256) == (begun["id"], 1, "a" * 64)
    assert photo.original.size == len(content)
    assert not PhotoArrival.objects.exists()


def test_a_broken_upload_goes_on_where_it_was(phone: Phone) -> None:
    content = picture()
    parts = pieces(content)
    photo = phone.begin(content).json()["id"]
    phone.piece(photo, 1, parts[1])
    phone.piece(photo, 1, parts[1])
    wanted = [index for index in range(len(parts)) if index != 1]
    assert phone.standing(photo).json()["missing"] == wanted
    assert phone.begin(content, id=photo).json()["missing"] == wanted
    for index in wanted:
        phone.piece(photo, index, parts[index])
    assert VisitPhoto.objects.count() == 1


def test_begun_again_when_it_is_whole_it_is_not_doubled(phone: Phone) -> None:
    content, photo = picture(), str(uuid4())
    phone.upload(content, id=photo)
    assert phone.begin(content, id=photo).json() == {"id": photo, "is_complete": True, "missing": []}
    assert VisitPhoto.objects.count() == 1


def test_a_wrong_hash_forgets_the_pieces_and_says_so(phone: Phone) -> None:
    content = picture()
    answer = phone.upload(content, sha256="0" * 64)
    assert (answer.status_code, answer.json()["code"]) == (422, "hash_mismatch")
    assert not PhotoPiece.objects.exists()
    assert not VisitPhoto.objects.exists()


def test_another_photograph_under_the_same_id_is_refused(phone: Phone) -> None:
    photo = phone.begin(picture()).json()["id"]
    other = phone.begin(picture(), id=photo)
    assert (other.status_code, other.json()["code"]) == (422, "photo_reused")


@pytest.mark.parametrize(("index", "length"), [(0, 5), (99, 4096), (40000, 4096), (0, 0)])
def test_a_piece_that_does_not_fit_is_refused(phone: Phone, index: int, length: int) -> None:
    photo = phone.begin(picture()).json()["id"]
    assert phone.piece(photo, index, b"x" * length).status_code == 422
    assert not PhotoPiece.objects.exists()


def test_what_is_no_picture_is_refused_with_the_reason(phone: Phone) -> None:
    answer = phone.upload(b"no picture at all" * 2000)
    assert answer.status_code == 422
    assert "照片" in answer.json()["message"]
    assert not VisitPhoto.objects.exists()


def test_a_photograph_waits_for_its_finding(phone: Phone, visit: Visit) -> None:
    made, content, photo = finding(visit, 1), picture(), str(uuid4())
    early = phone.upload(content, id=photo, finding=made["finding"]["id"])
    assert (early.status_code, "还没有收到" in early.json()["message"]) == (422, True)
    phone.put(answer(visit, 1), made)
    assert phone.upload(content, id=photo, finding=made["finding"]["id"]).json()["is_complete"]
    assert str(VisitPhoto.objects.get().finding_id) == made["finding"]["id"]


def test_a_photograph_of_others_is_as_one_that_never_was(phone: Phone, visit: Visit) -> None:
    photo = phone.begin(picture()).json()["id"]
    colleague = Phone(visit.team.order_by("position")[1].inspector.user, visit)
    for other in (colleague, Phone(inspector(), visit)):
        assert other.standing(photo).status_code == other.piece(photo, 0, b"x").status_code == 404
    assert Phone(inspector(), visit).begin(picture()).status_code == 404


def test_abandoned_arrivals_are_forgotten_after_thirty_days(phone: Phone) -> None:
    old, young = (phone.begin(picture()).json()["id"] for _ in range(2))
    phone.piece(old, 0, b"")
    with pgtrigger.ignore():
        PhotoArrival.objects.filter(pk=old).update(begun_at=timezone.now() - timedelta(days=31))
    forget_abandoned_photos()
    assert [str(pk) for pk in PhotoArrival.objects.values_list("pk", flat=True)] == [young]
