"""Where sound rows wait between check and confirmation: tables of their own, written by COPY, merged by SQL."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps

from apps.core.copying import Copy
from apps.core.models import ImportBatch, ImportState, Staged

OPEN = (ImportState.UPLOADED, ImportState.CHECKED, ImportState.WRITING)


class Stage:
    """The staged rows of one importer's batch, in one or more tables."""

    def __init__(self, *models: type[Staged]) -> None:
        self.models = models
        self.key, self.prefix, self.rows = UUID(int=0), "", 0
        self.copies: dict[type[Staged], Copy] = {}

    def begin(self, batch: ImportBatch) -> None:
        """Forget what an earlier check has staged.  A check that is still running loses its stage and is void."""
        earlier, self.key = batch.stage, uuid4()
        self.prefix, self.rows = str(self.key), 0
        batch.stage = self.key
        batch.save(update_fields=["stage"])
        if earlier:
            drop(earlier, self.models)
        self.copies = {m: Copy(m._meta.db_table, [str(f.column) for f in m._meta.concrete_fields]) for m in self.models}

    def add(self, model: type[Staged], *cells: Any) -> None:
        """A row: the values of all columns after `stage`, in their order."""
        self.rows += 1
        self.copies[model].add((self.prefix, *cells))

    def flush(self) -> None:
        for copy in self.copies.values():
            copy.flush()

    def resume(self, batch: ImportBatch, read_with: dict[str, Any]) -> bool:
        """Take up what the last check has staged; False when it is gone or was read with other choices.

        It goes as a whole, be it by a crash of the database or by the sweep, so a row of each table stands for all.
        """
        self.key = batch.stage or self.key
        told = dict(batch.counts.get("staged", {}))
        kept = all(model._default_manager.filter(stage=self.key).exists() for model in self.models)
        return (kept or told.get("rows") == 0) and told | read_with == told

    def drop(self) -> None:
        drop(self.key, self.models)


def drop(key: UUID, models: Iterable[type[Staged]]) -> None:
    for model in models:
        model._default_manager.filter(stage=key)._raw_delete("default")


def staged_models() -> Iterator[type[Staged]]:
    return (model for model in apps.get_models() if issubclass(model, Staged))


def forget_staged() -> None:
    """Delete what no open import will ask for: stages that were given up, or whose check was interrupted."""
    wanted = ImportBatch.objects.filter(state__in=OPEN).exclude(stage=None).values("stage")
    for model in staged_models():
        model._default_manager.exclude(stage__in=wanted)._raw_delete("default")
