"""Which known name a name in a file most resembles."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from apps.core.excel.text import label_key

MOST = 8
LEAST = 0.25
CLOSE = 0.75


def pairs_of(name: str) -> set[str]:
    """The letters in twos, the measure of likeness; a single letter is its own pair."""
    key = label_key(name)
    return {key[i : i + 2] for i in range(len(key) - 1)} or {key}


class Names:
    """An index over the names of records; several names may lead to one key."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        """`named` gives (key, name)."""
        self.by_name: dict[str, set[str]] = defaultdict(set)
        self.labels: dict[str, str] = {}
        self._pairs: dict[tuple[str, str], set[str]] = {}
        self._holders: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for key, name in named:
            self.by_name[label_key(name)].add(key)
            self.labels.setdefault(key, name)
            self._index(key, name)

    def _index(self, key: str, name: str) -> None:
        pairs = self._pairs[key, name] = pairs_of(name)
        for pair in pairs:
            self._holders[pair].append((key, name))

    def exactly(self, name: str) -> str | None:
        """The key of the one record so named, whatever its width, case and spaces."""
        found = self.by_name.get(label_key(name), set())
        return next(iter(found)) if len(found) == 1 else None

    def like(self, name: str) -> list[tuple[str, float]]:
        """The keys of the most similar names, each with its likeness from 0 to 1, the best first."""
        wanted = pairs_of(name)
        shared = Counter(holder for pair in wanted for holder in self._holders.get(pair, ()))
        best: dict[str, float] = {}
        for holder, count in shared.items():
            score = 2 * count / (len(wanted) + len(self._pairs[holder]))
            if score >= max(LEAST, best.get(holder[0], 0)):
                best[holder[0]] = score
        return sorted(best.items(), key=lambda item: (-item[1], self.labels[item[0]]))[:MOST]
