"""The published bundle of a draw, read from its file."""

import json
from functools import lru_cache
from typing import Any

from django.http import Http404

from apps.core import files
from apps.inspections.models import Draw


def load_bundle(draw: Draw) -> dict[str, Any]:
    """What is public of this draw and nothing else; 404 where its file is missing.  Not to be changed by the reader."""
    if draw.bundle is None:
        raise Http404
    files.open_stored(draw.bundle).close()
    return bundle_of(draw.bundle.sha256)


@lru_cache(maxsize=4)
def bundle_of(sha256: str) -> dict[str, Any]:
    """Files lie under the hash of their content, so that what was read once holds for ever."""
    return json.loads(files.path_of(sha256).read_bytes())
