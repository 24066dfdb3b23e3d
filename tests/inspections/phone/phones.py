"""A phone as the API sees it: batches in their order, photographs in pieces."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any
from uuid import uuid4

from django.utils import timezone

from apps.core.canonical import canonical_json
from apps.inspections.models import Visit
from tests.api_client import Api
from tests.core.pictures import jpeg, saved, scene
from tests.inspections import stories

PIECE = 4 * 1024
_seeds = count(1)


@dataclass
class Phone:
    """One device of one user, which numbers the batches it sends."""

    user: Any
    visit: Visit
    device: str = field(default_factory=lambda: str(uuid4()))
    sequence: int = 0

    def __post_init__(self) -> None:
        self.api = Api(self.user)

    def batch(self, *operations: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
        """The next batch; it counts once it is sent and taken."""
        return {
            "id": str(uuid4()),
            "device": self.device,
            "sequence": self.sequence + 1,
            "sha256": hashlib.sha256(canonical_json(list(operations))).hexdigest(),
            "operations": list(operations),
            **changes,
        }

    def send(self, batch: Mapping[str, Any]) -> Any:
        answer = self.api.post(f"/api/inspections/{self.visit.number}/batches/", batch)
        if answer.status_code == 200:
            self.sequence = max(self.sequence, batch["sequence"])
        return answer

    def put(self, *operations: Mapping[str, Any]) -> Any:
        return self.send(self.batch(*operations))

    # Photographs ------------------------------------------------------------------------------------------------------

    def begin(self, content: bytes, **about: Any) -> Any:
        told = {
            "id": str(uuid4()),
            "visit": self.visit.number,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "piece_size": PIECE,
        }
        return self.api.post("/api/inspections/photos/", told | about)

    def piece(self, photo: str, index: int, content: bytes) -> Any:
        address = f"/api/inspections/photos/{photo}/pieces/{index}/"
        return self.api.client.generic("PUT", address, content, "application/octet-stream", headers=self.api.headers)

    def standing(self, photo: str) -> Any:
        return self.api.get(f"/api/inspections/photos/{photo}/")

    def upload(self, content: bytes, **about: Any) -> Any:
        answer = self.begin(content, **about)
        for index, part in enumerate(pieces(content)):
            answer = self.piece(answer.json()["id"], index, part)
        return answer


def planned(*codes: str) -> Visit:
    """A visit to a site whose parties have names to sign with."""
    visit = stories.planned(codes=codes or (stories.CRANE,))
    visit.project.parties.update(leader="赵伟", phone="13800000000")
    return visit


def picture() -> bytes:
    """Some pieces long."""
    return jpeg(next(_seeds), quality=95).getvalue()


def pieces(content: bytes) -> list[bytes]:
    return [content[at : at + PIECE] for at in range(0, len(content), PIECE)]


def operation(kind: str, *, base: int | None = None, at: datetime | None = None, **content: Any) -> dict[str, Any]:
    told = {"id": str(uuid4()), "kind": kind, "at": (at or timezone.now()).isoformat(), **content}
    return told | ({"base": base} if base is not None else {})


def answer(visit: Visit, item: int, verdict: str = "pass", *, base: int | None = None, **more: Any) -> dict[str, Any]:
    checklist = visit.checklists.order_by("pk")[0].pk
    told = {"checklist": checklist, "item": item, "verdict": verdict, **more}
    return operation("answer", base=base, answer=told)


def finding(visit: Visit, item: int | None = None, **more: Any) -> dict[str, Any]:
    told = {
        "id": str(uuid4()),
        "checklist": visit.checklists.order_by("pk")[0].pk if item else None,
        "item": item,
        "description": "3号塔机起重量限制器不灵敏",
        "category": "塔式起重机与起重吊装",
        "demands": "停止使用，调试合格后使用",
        "grade": "ordinary",
        "term": "calendar:3",
    }
    return operation("finding", finding=told | more)


def long_ago(days: int = 3) -> datetime:
    return timezone.now() - timedelta(days=days)


def stroke() -> str:
    file: BytesIO = saved(scene(next(_seeds)).resize((300, 120)), "PNG")
    return base64.b64encode(file.getvalue()).decode()
