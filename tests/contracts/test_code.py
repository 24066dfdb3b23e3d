"""Rules that hold for all code, read from the code itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from apps.accidents.workflow import ACCIDENT
from apps.accounts.roles import ROLES
from apps.core.management.commands.workflow_diagram import described
from apps.credit import workflow as credit
from apps.dashboards.menu import DOCK, MENU
from apps.documents.workflow import PAPER, TEMPLATE
from apps.duty.workflow import LEAVE
from apps.enterprises.workflow import MERGE
from apps.exams.workflow import EXAM
from apps.hazards.workflow import HAZARD
from apps.inspections.workflow.campaign import CAMPAIGN
from apps.inspections.workflow.draw import DRAW
from apps.inspections.workflow.plan import PLAN
from apps.inspections.workflow.visit import VISIT
from apps.risks.workflow import RISK
from apps.supervision.workflow import LISTING, STOP_WORK, TRANSFER
from apps.training.workflow import SESSION

ROOT = settings.BASE_DIR
TEMPLATES = ROOT / "templates"
# Modules that answer requests.
ANSWERING = sorted(
    path
    for path in (ROOT / "apps").rglob("*.py")
    if re.search(r"/(views|api|pages)\.py$|/(views|api)/\w+\.py$|_pages\.py$", path.as_posix())
)
# Methods at which a chain from a manager passes through the scope; what waits for a form is its uploader's alone.
SCOPED = {"visible_to", "managed_by", "waiting"}
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete", "save"}
OF_CREDIT = (credit.ENTRY, credit.LISTING, credit.PERMIT, credit.REPAIR, credit.JOINT, credit.CERTIFICATE)
OF_SITES = (SESSION, EXAM, HAZARD, RISK, LISTING, STOP_WORK, TRANSFER, ACCIDENT, VISIT, PLAN, CAMPAIGN, DRAW, LEAVE)
TABLES = (*OF_SITES, *OF_CREDIT, MERGE, PAPER, TEMPLATE)
# A subject of permissions that is no table: roles are code.
NO_TABLE = {"accounts.role"}
DOCUMENT = re.compile(r"<!-- workflow: (\S+) -->\n(.*?)\n<!-- end -->", re.DOTALL)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


modules = pytest.mark.parametrize("path", ANSWERING, ids=named)


# Scope ----------------------------------------------------------------------------------------------------------------


def chains(tree: ast.AST) -> Iterator[tuple[int, list[str]]]:
    """Line and method names of every chain of calls that starts at a manager, `X.objects.a().b()` as [a, b]."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager"):
            names, above = [], parents[node]
            while isinstance(above, ast.Attribute | ast.Call) and not is_argument(node, above):
                if isinstance(above, ast.Attribute):
                    names.append(above.attr)
                node, above = above, parents[above]
            yield node.lineno, [*names, *user_of(node, above, parents)]


def is_argument(node: ast.AST, above: ast.AST) -> bool:
    return isinstance(above, ast.Call) and node is not above.func


def user_of(node: ast.AST, above: ast.AST, parents: dict[ast.AST, ast.AST]) -> list[str]:
    """What the chain is handed to: get_visible_or_404(chain), or rows = chain of which that is asked later."""
    if isinstance(above, ast.Call) and isinstance(above.func, ast.Name):
        return ["visible_to"] if above.func.id == "get_visible_or_404" else []
    if isinstance(above, ast.Assign) and isinstance(above.targets[0], ast.Name):
        name, function = above.targets[0].id, enclosing(above, parents)
        used = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == name and n is not above.targets[0]]
        callers = [parents[n] for n in used]
        asked = [isinstance(c, ast.Call) and getattr(c.func, "id", "") == "get_visible_or_404" for c in callers]
        return ["visible_to"] if asked and all(asked) else []
    return []


def enclosing(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.AST:
    while not isinstance(node, ast.FunctionDef | ast.Module):
        node = parents[node]
    return node


@modules
def test_rows_are_reached_through_the_scope_alone(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [(line, names) for line, names in chains(tree) if not SCOPED & set(names)] == []


@modules
def test_no_bare_get_object_or_404(path: Path) -> None:
    assert re.findall(r"\bget_(?:object|list)_or_404\b", path.read_text(encoding="utf-8")) == []


@modules
def test_pages_and_operations_write_nothing_themselves(path: Path) -> None:
    """Services write; a view that does so escapes the transaction, the event and the lock."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    from_manager = [(line, names) for line, names in chains(tree) if WRITES & set(names)]
    saved = [
        call.lineno
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("save", "delete")
        and not call.args
        and not call.keywords
    ]
    assert (from_manager, saved) == ([], [])


def test_the_rule_of_scope_sees_a_breach() -> None:
    """The control: chains of each kind, and what the rule makes of them."""
    code = """
def view(request, key):
    a = Hazard.objects.get(number=key)
    b = get_visible_or_404(Hazard.objects.select_related("project"), request.user, number=key)
    rows = Hazard.objects.select_related("project")
    c = get_visible_or_404(rows, request.user, number=key)
    loose = Hazard.objects.select_related("project")
    d = loose.first()
    return list(Hazard.objects.visible_to(request.user).filter(state="draft"))
"""
    found = [line for line, names in chains(ast.parse(code)) if not SCOPED & set(names)]
    assert found == [3, 7]


# Templates ------------------------------------------------------------------------------------------------------------

# Drawn inside of another page, by a widget, or as a text.
PARTS = re.compile(r"(^|/)_|^django_filters/|^base\.html$|^public_base\.html$")
# The third is kept by phones, and must name nobody.
FRAMES = {"base.html", "public_base.html", "inspections/phone/shell.html"}


def template_names() -> list[str]:
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))


def frames_of(name: str) -> set[str]:
    """Where following `extends` ends; one that chooses between two is followed to both."""
    extended = re.search(r"{%\s*extends\s+(.+?)\s*%}", (TEMPLATES / name).read_text(encoding="utf-8"))
    if extended is None:
        return {name}
    above = re.findall(r"[\w./-]+\.html", extended.group(1))
    return set().union(*(frames_of(other) for other in above))


@pytest.mark.parametrize("name", [name for name in template_names() if not PARTS.search(name)])
def test_page_stands_in_one_of_the_two_frames(name: str) -> None:
    """`core/_bare.html` is the list part that htmx asks for."""
    assert frames_of(name) <= FRAMES | {"core/_bare.html"}
    assert frames_of(name) & FRAMES


# Menu, permissions, glossary ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", [*DOCK, *(item for _, items in MENU for item in items)], ids=lambda item: item.label)
def test_line_of_the_menu_leads_somewhere_and_for_somebody(item: object) -> None:
    assert reverse(item.url_name)  # type: ignore[attr-defined]
    permission = item.permission  # type: ignore[attr-defined]
    assert not permission or any(permission in role.permissions for role in ROLES.values())


@pytest.mark.parametrize("move", [move for table in TABLES for move in table.transitions], ids=lambda move: move.name)
def test_somebody_may_make_each_move(move: object) -> None:
    assert [role.code for role in ROLES.values() if move.permission in role.permissions]  # type: ignore[attr-defined]


def test_permissions_name_tables_that_exist() -> None:
    subjects = {permission.partition(".")[0] + "." + permission.rpartition("_")[2] for permission in held()}
    models = {model._meta.label_lower for model in apps.get_models()}
    assert subjects - models == NO_TABLE


def held() -> set[str]:
    return set().union(*(role.permissions for role in ROLES.values()))


def glossary_words() -> set[str]:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    first_cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("|")]
    return set(re.findall(r"[a-z_]+", " ".join(first_cells)))


def test_glossary_has_every_role_and_every_move() -> None:
    assert {*ROLES, *(move.name for table in TABLES for move in table.transitions)} - glossary_words() == set()


# Documents ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*life-cycle.md")), ids=named)
def test_life_cycle_in_the_documents_is_the_one_in_the_code(path: Path) -> None:
    drawn = DOCUMENT.findall(path.read_text(encoding="utf-8"))
    assert [(name, text) for name, text in drawn] == [(name, described(import_string(name))) for name, _ in drawn]
    assert drawn


# Leftovers ------------------------------------------------------------------------------------------------------------


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
    folders = {"apps": "*.py", "hebei_safety": "*.py", "templates": "*.html", "static/js": "*.js", "tests": "*.py"}
    sources = {path for folder, kind in folders.items() for path in (ROOT / folder).rglob(kind)} - {Path(__file__)}
    assert [named(path) for path in sources if marks.search(path.read_text(encoding="utf-8"))] == []


def test_only_the_outbox_hands_work_to_the_queue() -> None:
    """`.delay()` in business code would promise work that a rollback takes back, or lose it with the queue."""
    sending = re.compile(r"\.(?:delay|apply_async|send_task)\(")
    found = {named(p) for p in (ROOT / "apps").rglob("*.py") if sending.search(p.read_text(encoding="utf-8"))}
    assert found <= {"apps/core/management/commands/relay.py", "apps/core/tasks.py"}
