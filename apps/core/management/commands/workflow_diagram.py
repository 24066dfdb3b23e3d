"""A transition table drawn for people: docs hold what this prints, and a test holds the two equal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.module_loading import import_string

from apps.core.workflow import Transition, Workflow


class Command(BaseCommand):
    help = "Prints a workflow as a Mermaid state diagram and a table of its moves."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("workflow", help="dotted path, such as apps.hazards.workflow.HAZARD")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(described(import_string(options["workflow"])))


def described(workflow: Workflow) -> str:
    return f"{diagram(workflow)}\n\n{table(workflow)}"


def diagram(workflow: Workflow) -> str:
    """Moves that leave the state as it is have no arrow; they stand in the table."""
    labels = labels_of(workflow)
    reached = {move.target for move in workflow.transitions}
    left = {source for source, _ in workflow.pairs()}
    lines = [f'state "{label}" as {state}' for state, label in labels.items()]
    lines += [f"[*] --> {state}" for state in labels if state not in reached]
    for move in workflow.transitions:
        lines += [f"{source} --> {move.target}: {move.label}" for source in move.sources if move.target]
    lines += [f"{state} --> [*]" for state in labels if state not in left]
    return "\n".join(["```mermaid", "stateDiagram-v2", *(f"    {line}" for line in lines), "```"])


def labels_of(workflow: Workflow) -> dict[str, str]:
    """The states in the order in which the table comes to them; some stand there without their label."""
    mentioned = [state for move in workflow.transitions for state in (*move.sources, move.target) if state]
    labels = {str(state): str(state.label) for state in mentioned if hasattr(state, "label")}
    return {state: labels.get(state, state) for state in dict.fromkeys(map(str, mentioned))}


def table(workflow: Workflow) -> str:
    head = ["| move | | from | to | permission | must say | may say | guards |", "|---|---|---|---|---|---|---|---|"]
    return "\n".join([*head, *(row(move) for move in workflow.transitions)])


def row(move: Transition) -> str:
    cells = (
        f"`{move.name}`",
        move.label,
        ", ".join(move.sources),
        move.target or "as it was",
        f"`{move.permission}`",
        ", ".join(move.facts),
        ", ".join(move.optional),
        ", ".join(guard.__name__ for guard in move.guards),
    )
    return f"| {' | '.join(cells)} |"
