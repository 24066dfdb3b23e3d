"""Service workers, by which a browser keeps a page and its files to go on without a net."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe


@dataclass(frozen=True)
class Worker:
    """What one worker keeps (templates/core/sw.js).

    `shell` is the address of the page; `shown`, a regular expression of JavaScript over paths, says at which addresses
    it is shown.  Caches of the same `name` and another version are thrown away.
    """

    name: str
    scope: str
    shell: str
    shown: str

    def answer(self, assets: Sequence[str], *rests_on: str) -> HttpResponse:
        """The worker of this release; browsers ask for another one each time, and compare the bytes.

        Another version begins where an address of the `assets` changes, or what else the page `rests_on`.
        """
        version = hashlib.sha256("\n".join([*assets, *rests_on]).encode()).hexdigest()[:12]
        context = {"name": self.name, "version": version, "shell": self.shell, "assets": assets}
        context["shown"] = mark_safe(self.shown)
        script = render_to_string("core/sw.js", context)
        headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": self.scope}
        return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers=headers)
