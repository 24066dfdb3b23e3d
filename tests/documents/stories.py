"""Papers for tests, each as far as its name says."""

from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.documents.kinds import KINDS
from apps.documents.models import Paper, PaperTemplate
from apps.documents.reference import load
from apps.documents.services import draft_paper, issue, serve

SAMPLES: dict[str, Any] = {
    "items": [{"text": "3号楼12层临边未设防护栏杆", "clause": "JGJ 80-2016第4.1.1条", "demand": "立即设置防护栏杆"}],
    "day": "2026-12-30",
}


def contents_of(kind: str, **told: Any) -> dict[str, Any]:
    """All that the kind asks for."""
    return {f.name: SAMPLES.get(f.kind, f"{f.label}写在这里") for f in KINDS[kind].fields} | told


def draft(by: User, kind: str = "rectification_notice", **told: Any) -> Paper:
    load(PaperTemplate)  # tests that truncate tables take the wordings with them
    values: dict[str, Any] = {"addressees": ["示例建设集团有限公司"], "contents": contents_of(kind)}
    return draft_paper(kind, by=by, **values | told)


def issued(by: User, kind: str = "rectification_notice", **told: Any) -> Paper:
    return issue(draft(by, kind, **told), by=by)


def served(by: User, **told: Any) -> Paper:
    paper = issued(by)
    facts = {"addressee": paper.addressee_names, "manner": "direct", "recipient": "李某"}
    return serve(paper, by=by, **{"served_on": timezone.localdate(), **facts, **told})
