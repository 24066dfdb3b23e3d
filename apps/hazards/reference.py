"""Reference facts of this app, loaded by migration and again after a correction: 判定标准 and dictionaries.

What no source settles is marked as a sample, so that an office sees what it still has to decide.
"""

import csv
from pathlib import Path
from typing import Any

from apps.notifications.kinds import add_kinds

DATA = Path(__file__).resolve().parent / "data"

EDITIONS: dict[str, dict[str, Any]] = {
    "2022": {
        "document": "《房屋市政工程生产安全重大事故隐患判定标准（2022版）》（建质规〔2022〕2号）",
        "effective_from": "2022-04-19",
        "effective_to": "2024-11-30",
        "source": "建质规〔2022〕2号，条文为摘要",
        "certainty": "高；使用前请对照原文校核",
    },
    "2024": {
        "document": "《房屋市政工程生产安全重大事故隐患判定标准（2024版）》（建质规〔2024〕5号）",
        "effective_from": "2024-12-01",
        "effective_to": None,
        "source": "建质规〔2024〕5号，条文为摘要",
        "certainty": "中；2024 年 12 月发布，具体日期和条文未与原文核对",
    },
}

JGJ59 = "JGJ 59-2011《建筑施工安全检查标准》检查评分汇总表"
# The items of the JGJ 59 summary table, and what building sites have beside them.
CATEGORIES: tuple[tuple[str, str], ...] = (
    ("安全管理", JGJ59),
    ("文明施工", JGJ59),
    ("脚手架", JGJ59),
    ("基坑工程", JGJ59),
    ("模板支架", JGJ59),
    ("高处作业", JGJ59),
    ("施工用电", JGJ59),
    ("物料提升机与施工升降机", JGJ59),
    ("塔式起重机与起重吊装", JGJ59),
    ("施工机具", JGJ59),
    ("拆除工程", ""),
    ("暗挖工程", ""),
    ("有限空间作业", ""),
    ("消防安全", ""),
    ("工程质量", ""),
    ("其他", ""),
)
# No law fixes these terms; the notice itself says how long (责令限期整改).
TERMS: tuple[tuple[str, str], ...] = (
    ("calendar:0", "立即"),
    ("calendar:3", "3 天"),
    ("calendar:7", "7 天"),
    ("calendar:15", "15 天"),
)
TERM_SOURCE = "整改通知书载明的期限"
OPINIONS: tuple[tuple[str, str], ...] = (
    ("合格", "现场复查，整改符合要求，同类部位已抽查。"),
    ("整改到位", "现场复查，已按要求整改到位，照片与现场一致。"),
    ("防护恢复", "现场复查，防护设施已恢复并牢固可靠。"),
    ("不合格", "现场复查，整改不到位，须继续整改。"),
)
SAMPLE = "示例，由主管部门确定"


def load(edition_model: Any, criterion_model: Any, entry_model: Any) -> None:
    """Write what is missing; what an office has changed stays as it is."""
    for code, facts in EDITIONS.items():
        edition_model.objects.get_or_create(code=code, defaults=facts)
    load_criteria(edition_model, criterion_model)
    for position, (label, source) in enumerate(CATEGORIES):
        add(entry_model, "hazard_category", label, label, position, source)
    for position, (code, label) in enumerate(TERMS):
        add(entry_model, "deadline_term", code, label, position, TERM_SOURCE, SAMPLE)
    load_phrases(entry_model)


def load_criteria(edition_model: Any, criterion_model: Any) -> None:
    editions = {edition.code: edition for edition in edition_model.objects.all()}
    with (DATA / "criteria.csv").open(encoding="utf-8", newline="") as lines:
        for position, line in enumerate(csv.DictReader(lines)):
            criterion_model.objects.get_or_create(
                edition=editions[line["edition"]],
                number=line["number"],
                defaults={
                    "topic": line["topic"],
                    "text": line["text"],
                    "certainty": line["certainty"],
                    "position": position,
                },
            )


def load_phrases(entry_model: Any) -> None:
    """Ready sentences: what was found and, under the same code, what to demand; opinions of a verification.

    A code is the category and a short name.  None of them comes from a source, so all are samples.
    """
    with (DATA / "phrases.csv").open(encoding="utf-8", newline="") as lines:
        phrases = [(f"{p['category']}-{p['name']}", p["text"], p["demand"]) for p in csv.DictReader(lines)]
    told = [("hazard_phrase", code, text) for code, text, _ in phrases]
    told += [("hazard_demand", code, demand) for code, _, demand in phrases]
    told += [("verify_opinion", code, text) for code, text in OPINIONS]
    entries = [
        entry_model(kind=kind, code=code, label=label, position=position, certainty=SAMPLE, is_sample=True)
        for position, (kind, code, label) in enumerate(told)
    ]
    entry_model.objects.bulk_create(entries, ignore_conflicts=True)


def add(model: Any, kind: str, code: str, label: str, position: int, source: str, certainty: str = "") -> None:
    facts = {"label": label, "position": position, "source": source, "certainty": certainty}
    model.objects.get_or_create(kind=kind, code=code, defaults={**facts, "is_sample": not source or bool(certainty)})


# The reminder ladder --------------------------------------------------------------------------------------------------

# Code, plan, days, again after, words, level, to whom.  No source that we could read fixes the days: samples.
LADDER: tuple[tuple[str, str, int, int | None, str, str, tuple[str, ...]], ...] = (
    ("due_in_3", "deadline", -3, None, "整改期限还剩 3 天", "reminder", ("firm", "site")),
    ("due_in_1", "deadline", -1, None, "整改期限还剩 1 天", "reminder", ("firm", "site")),
    ("due_today", "deadline", 0, None, "整改期限今天到期", "must_do", ("firm", "site")),
    ("escalate_station", "deadline", 1, None, "整改超期 1 天", "must_do", ("firm", "site", "head")),
    ("escalate_county", "deadline", 3, None, "整改超期 3 天", "must_do", ("firm", "head", "county")),
    ("escalate_city", "deadline", 7, None, "整改超期 7 天", "must_do", ("firm", "head", "county", "city")),
    ("waits_answered", "answered", 1, 3, "整改回复待监理确认", "must_do", ("supervising_engineer", "head")),
    ("waits_confirmed", "confirmed", 2, 3, "整改回复待复查", "must_do", ("recorder", "head")),
    ("waits_verified", "verified", 2, 3, "复查合格待销号", "must_do", ("closers", "head")),
)
# What is carried to telephones once there is a gateway: notices and what is overdue.
BY_TELEPHONE = {"hazard_order", "hazard_escalate_station", "hazard_escalate_county", "hazard_escalate_city"}


def load_ladder(rule_model: Any, kind_model: Any, moves: dict[str, str]) -> None:
    """The rules that ship, in force, and the kinds of message about hazards; `moves` are those of its table."""
    for code, plan, days, again_after, words, level, hearers in LADDER:
        facts = {"plan": plan, "days": days, "again_after": again_after, "words": words, "level": level}
        facts |= {"hearers": list(hearers), "is_on": True, "is_sample": True}
        rule_model.objects.get_or_create(code=code, defaults=facts)
    kinds = {f"hazard_{code}": words for code, *_, words, _, _ in LADDER}
    kinds |= moves
    add_kinds(kind_model, kinds, BY_TELEPHONE)
