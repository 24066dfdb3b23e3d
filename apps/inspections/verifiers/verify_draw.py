#!/usr/bin/env python3
"""Checks a published random draw from its bundle alone: python3 verify_draw.py BUNDLE.json [--announced EARLIER.json]

Needs Python 3.8 and nothing else; opens no connection.  EARLIER is the bundle that was published with the announcement:
with it this also shows that nothing announced was changed afterwards.  Ends with 0 when everything is right, with 1
when something is not, with 2 when the file cannot be read.

How a draw follows from its bundle:
  pool        lines of canonical JSON (sorted keys, no spaces, UTF-8), each ended by a line feed; SHA-256 of all bytes
  terms       SHA-256 of the canonical JSON; so are the inspectors, whose hash stands in the terms
  secrets     the SHA-256 of each was published before; each is opened after the moment that the terms name
  seed        SHA-256 of the canonical JSON of algorithm, number, both hashes, both secrets and the public value
  strata      the narrowest region of `groups`, a slash, the risk grade; a count is split over the grades by size and
              rate with largest remainder; where none is set, rate times size are chosen: whole ones for certain, and
              `more` is the chance in percent of one more (in hebei-draw/1 it was a count, rounded up for each region)
  rounding    the `more` of all strata of a grade, end to end after a drawn number from 0 to 99: whoever reaches the
              next hundred has one more, so that every project has exactly the chance of its rate
  order       HMAC_DRBG (SP 800-90A, SHA-256; entropy = seed, personalisation = algorithm and purpose), whole numbers of
              eight bytes with rejection, Fisher-Yates from the last place to the first
  inspectors  least load, then distance, then theme, then drawn order, among those who may go
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import sys

FORMAT, OLD, ALGORITHM, GRADES = "hebei-draw-bundle/1", "hebei-draw/1", "hebei-draw/2", "ABCDE"
FIXED = (
    ("terms_sha256", "抽取规则"),
    ("pool_sha256", "候选名单"),
    ("commitments", "承诺值"),
)


def canonical(value):  # type: ignore[no-untyped-def]
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Drbg:
    def __init__(self, algorithm: str, seed: str, purpose: str) -> None:
        self.key, self.value = bytes(32), b"\x01" * 32
        self.update(bytes.fromhex(seed) + f"{algorithm} {purpose}".encode())

    def mac(self, message: bytes) -> bytes:
        return hmac.new(self.key, message, hashlib.sha256).digest()

    def update(self, data: bytes) -> None:
        for mark in (b"\x00", b"\x01") if data else (b"\x00",):
            self.key = self.mac(self.value + mark + data)
            self.value = self.mac(self.value)

    def eight_bytes(self) -> int:
        self.value = self.mac(self.value)
        made = self.value[:8]
        self.update(b"")
        return int.from_bytes(made, "big")

    def below(self, bound: int) -> int:
        value = self.eight_bytes()
        while value >= 2**64 - 2**64 % bound:
            value = self.eight_bytes()
        return value % bound

    def shuffled(self, items: list) -> list:
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order


def split(total: int, sizes: dict, rates: dict) -> dict:
    """By largest remainder; a stratum with too few gives all, and the rest is split over the others."""
    given, rest = dict.fromkeys(sizes, 0), {g for g in sizes if sizes[g] and rates[g]}
    total = min(total, sum(sizes[g] for g in rest))
    while True:
        whole = sum(sizes[g] * rates[g] for g in rest)
        full = {g for g in rest if total * rates[g] >= whole}
        if not full:
            break
        for g in full:
            given[g] = sizes[g]
        total, rest = total - sum(sizes[g] for g in full), rest - full
    for g in rest:
        given[g] = total * sizes[g] * rates[g] // whole
    over = total - sum(given[g] for g in rest)
    by_remainder = sorted(rest, key=lambda g: (-(total * sizes[g] * rates[g] % whole), -GRADES.index(g)))
    for g in by_remainder[:over]:
        given[g] += 1
    return given


def strata(pool: list, terms: dict) -> tuple:
    """Ordinals by stratum; how many of each are chosen, and the chance in percent of one more."""
    members: dict = {}
    for line in pool:
        codes = [(len(g["path"]), g["code"]) for g in terms["groups"] if line["path"].startswith(g["path"])]
        members.setdefault(f"{max(codes)[1]}/{line['grade']}", []).append(line["ordinal"])
    chosen: dict = {}
    for group in terms["groups"]:
        sizes = {g: len(members.get(f"{group['code']}/{g}", [])) for g in GRADES}
        masses, total = {g: terms["rates"][g] * sizes[g] for g in GRADES}, group["count"]
        if total is None and terms["algorithm"] != OLD:
            numbers = {g: divmod(masses[g], 100) for g in GRADES}
        else:
            total = -(-sum(masses.values()) // 100) if total is None else total
            numbers = {g: (n, 0) for g, n in split(total, sizes, terms["rates"]).items()}
        chosen.update({f"{group['code']}/{g}": numbers[g] for g in GRADES})
    return members, chosen


def rounded(chosen: dict, names: list, algorithm: str, seed: str) -> dict:
    """How many of each of these strata the seed chooses in the end."""
    numbers = {name: chosen.get(name, (0, 0))[0] for name in names}
    for g in GRADES:
        reached = Drbg(algorithm, seed, f"rounding {g}").below(100)
        for name in (name for name in names if name.endswith(f"/{g}")):
            before, reached = reached, reached + chosen[name][1]
            numbers[name] += reached // 100 - before // 100
    return numbers


def metres(one: list | None, other: list | None) -> int:
    if not one or not other:
        return 10**9
    east, north, east2, north2 = (math.radians(v / 1000000) for v in (*one, *other))
    chord = math.sin((north2 - north) / 2) ** 2 + (
        math.cos(north) * math.cos(north2) * math.sin((east2 - east) / 2) ** 2
    )
    return math.floor(2 * 6371008.8 * math.asin(min(1.0, math.sqrt(chord))) + 0.5)


def obstacle(inspector: dict, line: dict) -> str:
    if inspector["unfit"]:
        return inspector["unfit"]
    if not line["path"].startswith(inspector["area"]):
        return "area"
    return "barred" if line["project"] in inspector["barred"] else ""


def teams(lines: list, inspectors: list, terms: dict) -> list:
    """The visits, in the order of the chosen projects; inspectors come in drawn order."""
    load = {i["key"]: i["load"] for i in inspectors}
    theme, made = terms["theme"], []
    for line in lines:
        why = [obstacle(i, line) or "fit" for i in inspectors]
        free = [
            (load[i["key"]], metres(i["place"], line["place"]), theme != "general" and theme not in i["fields"], n)
            for n, i in enumerate(inspectors)
            if why[n] == "fit"
        ]
        team = [inspectors[n]["key"] for *_, n in sorted(free)[: terms["inspectors_each"]]]
        if len(team) < terms["inspectors_each"]:
            made.append({"ordinal": line["ordinal"], "team": [], "lacking": {w: why.count(w) for w in set(why)}})
            continue
        for key in team:
            load[key] += 1
        made.append({"ordinal": line["ordinal"], "team": team, "lacking": {}})
    return made


def problems(bundle: dict, announced: dict | None = None) -> list:
    """What is wrong with this bundle, each as a sentence; [] when nothing is."""
    found = []
    if bundle.get("format") != FORMAT or bundle["terms"]["algorithm"] not in (OLD, ALGORITHM):
        return [f"格式：只认识 {FORMAT} 和 {OLD}、{ALGORITHM}"]
    terms, pool = bundle["terms"], [json.loads(line) for line in bundle["pool"]]
    if sha256("".join(line + "\n" for line in bundle["pool"]).encode()) != bundle["pool_sha256"]:
        found.append("候选名单：内容与公布的校验值不符，名单被改动、增删或调换了顺序")
    for number, (line, text) in enumerate(zip(pool, bundle["pool"]), 1):  # noqa: B905  (Python 3.8)
        if canonical(line).decode() != text or line["ordinal"] != number:
            found.append(f"候选名单：第 {number} 行的写法或序号不对")
    if [line["project"] for line in pool] != sorted({line["project"] for line in pool}):
        found.append("候选名单：没有按项目编号排列，或项目重复")
    if sha256(canonical(bundle["inspectors"])) != terms["inspectors_sha256"]:
        found.append("检查人员名单：内容与规则中的校验值不符")
    if sha256(canonical(terms)) != bundle["terms_sha256"]:
        found.append("抽取规则：内容与公布的校验值不符")
    members, chosen = strata(pool, terms)
    found += wrong_quotas(terms["strata"], members, chosen)
    if announced is not None:
        found += [f"{label}：与公告时公布的不同" for name, label in FIXED if announced.get(name) != bundle[name]]
    return found + (wrong_result(bundle, pool, members, chosen) if bundle["result"] else [])


def wrong_quotas(stated: list, members: dict, chosen: dict) -> list:
    told = {line["stratum"]: (line["size"], line["chosen"], line.get("more", 0)) for line in stated}
    found = []
    for name in sorted({*told, *members}):
        size, (count, more) = len(members.get(name, [])), chosen.get(name, (0, 0))
        if told.get(name) != (size, count, more):
            perhaps = f"，并有 {more}% 的机会多抽 1 个" if more else ""
            found.append(f"抽取数：层 {name} 应为 {size} 个中抽 {count} 个{perhaps}")
    return found


def wrong_result(bundle: dict, pool: list, members: dict, chosen: dict) -> list:
    found, secrets, result, algorithm = [], bundle["secrets"], bundle["result"], bundle["terms"]["algorithm"]
    for key, person in (("a", "甲"), ("b", "乙")):
        if sha256(secrets[key].encode()) != bundle["commitments"][key]:
            found.append(f"密语{person}：与事先公布的承诺值不符")
    seed = sha256(
        canonical(
            {
                "algorithm": algorithm,
                "number": bundle["terms"]["number"],
                "pool_sha256": bundle["pool_sha256"],
                "terms_sha256": bundle["terms_sha256"],
                "secret_a": secrets["a"],
                "secret_b": secrets["b"],
                "public_value": bundle["public_value"],
            }
        )
    )
    if seed != bundle["seed"]:
        found.append("种子：由规则、名单、两个密语和公开随机值算出的与公布的不同")
    seed, ranked = bundle["seed"], []
    stated = {line["stratum"]: line["order"] for line in result["strata"]}
    numbers = rounded(chosen, sorted(members), algorithm, seed)
    for name in sorted(members):
        order = Drbg(algorithm, seed, f"stratum {name}").shuffled(members[name])
        if stated.pop(name, None) != order:
            found.append(f"抽取顺序：层 {name} 与种子算出的不同")
        ranked += [(rank, name, ordinal) for rank, ordinal in enumerate(order[: numbers[name]])]
    found += [f"抽取顺序：名单中没有层 {name}" for name in stated]
    inspectors = Drbg(algorithm, seed, "inspectors").shuffled(bundle["inspectors"])
    if [i["key"] for i in inspectors] != result["inspectors"]:
        found.append("检查人员顺序：与种子算出的不同")
    by_ordinal = {line["ordinal"]: line for line in pool}
    right = teams([by_ordinal[ordinal] for _, _, ordinal in sorted(ranked)], inspectors, bundle["terms"])
    found += wrong_visits(result["visits"], right)
    if sha256(canonical(result)) != bundle["result_sha256"]:
        found.append("结果：内容与公布的校验值不符")
    return found


def wrong_visits(stated: list, right: list) -> list:
    told, due = ({v["ordinal"]: v for v in visits} for visits in (stated, right))
    found = [f"抽取结果：第 {n} 号项目抽中了却没有公布" for n in due if n not in told]
    found += [f"抽取结果：第 {n} 号项目没有抽中却公布为抽中" for n in told if n not in due]
    found += [f"检查人员：第 {n} 号项目的检查人员不对" for n in due if n in told and told[n] != due[n]]
    if not found and [v["ordinal"] for v in stated] != [v["ordinal"] for v in right]:
        found.append("抽取结果：抽中项目的次序不对")
    return found


def main(arguments: list) -> int:
    say = sys.stdout.write
    if len(arguments) not in (1, 3) or (len(arguments) == 3 and arguments[1] != "--announced"):
        say(__doc__ or "")
        return 2
    try:
        bundles = []
        for name in arguments[::2]:
            with open(name, encoding="utf-8") as file:  # noqa: PTH123
                bundles.append(json.load(file))
    except (OSError, ValueError) as error:
        say(f"读不了数据包：{error}\n")
        return 2
    try:
        found, bundle = problems(*bundles), bundles[0]
        say(f"抽取编号　　　{bundle['terms']['number']}\n")
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        say(f"数据包不完整或写法不对：{type(error).__name__} {error}\n")
        return 1
    say(f"名单校验值　　{bundle['pool_sha256']}\n规则校验值　　{bundle['terms_sha256']}\n")
    say(f"承诺值甲　　　{bundle['commitments']['a']}\n承诺值乙　　　{bundle['commitments']['b']}\n")
    if len(bundles) == 1:
        say("请将以上四个值与公告时公布的核对（或用 --announced 指明公告时下载的数据包）。\n")
    for line in found:
        say(f"不符　{line}\n")
    done = "全部相符，抽取结果由公布的数据得出。" if bundle["result"] else "全部相符；抽取尚未进行，只核对了公告内容。"
    say(f"{done}\n" if not found else f"共 {len(found)} 处不符，这次抽取不能得到验证。\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
