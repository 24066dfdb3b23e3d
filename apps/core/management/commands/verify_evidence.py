"""Reads every stored file again and compares it with its row."""

import json
import sys
from collections import defaultdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.core.filecheck import verify_files

WORDS = {"missing": "缺失", "corrupt": "损坏", "orphan": "无主"}


class Command(BaseCommand):
    help = "核对全部证据文件与登记记录：缺失、损坏、无主。有缺失或损坏时退出码为 1。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *args: Any, **options: Any) -> None:
        report = _report()
        self.stdout.write(json.dumps(report, ensure_ascii=False) if options["json"] else _sentences(report))
        if not report["ok"]:
            sys.exit(1)


def _report() -> dict[str, Any]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    checked = 0
    for finding in verify_files():
        checked += finding.kind != "orphan"
        if finding.kind != "sound":
            found[finding.kind].append({"sha256": finding.name, "detail": finding.detail})
    ok = not found["missing"] and not found["corrupt"]
    return {"ok": ok, "checked": checked, **{kind: found[kind] for kind in WORDS}}


def _sentences(report: dict[str, Any]) -> str:
    lines = [f"{WORDS[kind]}：{row['sha256']}，{row['detail']}" for kind in WORDS for row in report[kind]]
    counts = "，".join(f"{word} {len(report[kind])} 个" for kind, word in WORDS.items())
    return "\n".join([*lines, f"共核对 {report['checked']} 个文件，{counts}。"])
