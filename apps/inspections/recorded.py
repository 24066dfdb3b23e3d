"""Which answers count: one to a conditional item that is no longer asked stays stored, but stands in no record."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.inspections.checklists import Item, Table, table_of
from apps.inspections.models import Answer, Checklist


def recorded(answers: QuerySet[Answer]) -> QuerySet[Answer]:
    """Without those to items that are not asked: `scoring.applies`, said to the database."""
    left_out = Q()
    for checklist in Checklist.objects.filter(content__items__contains=[{"when": {}}]).order_by("pk"):
        table = table_of(checklist)
        for item in table.items:
            if item.when is not None:
                left_out |= Q(checklist=checklist.pk, item=item.seq) & ~asked(checklist, table, item)
    return answers.exclude(left_out) if left_out else answers


def asked(checklist: Checklist, table: Table, item: Item | None) -> Q:
    """Whether its condition holds, and that of the item on which it hangs."""
    holds = Q()
    while item is not None and item.when is not None:
        given = Answer.objects.filter(visit=OuterRef("visit"), checklist=checklist.pk, item=item.when.item)
        holds &= Q(Exists(given.filter(verdict__in=item.when.verdicts)))
        item = table.item(item.when.item)
    return holds
