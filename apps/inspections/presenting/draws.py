"""How draws are shown, inside and to the public: words and tables made of the published bundle."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from apps.core.cases import Case, Sections, line, moment
from apps.core.registers import registry
from apps.inspections.adjusting import adjustments
from apps.inspections.bundles import load_bundle
from apps.inspections.drawing.bundle import pool_of
from apps.inspections.drawing.drawing import Document, members_of
from apps.inspections.drawing.quotas import chance_of
from apps.inspections.forms.draws import DRAW_FORMS
from apps.inspections.models import Draw, DrawState, PoolInspector, Theme, Visit
from apps.inspections.pools import LEFT_OUT, Prospect, key_of, prospect
from apps.inspections.registers.draws import DrawRegister
from apps.inspections.workflow.draw import DRAW
from apps.regions.models import Region

PAGE = 50
ROWS_AT_ONCE = 200
MARK = "[[candidates]]"
"""Where the candidates go in the page that is sent in parts."""
OBSTACLES = {
    "fit": "符合条件",
    "area": "不在其管辖范围",
    "barred": "须回避或已连续两次检查该企业",
    "certificate": "执法证在检查结束前到期",
    "away": "检查期间不在岗",
}
Rows = list[dict[str, Any]]


# Words ----------------------------------------------------------------------------------------------------------------


def chance(stratum: Mapping[str, Any]) -> str:
    """The chance of each project of the stratum: 3/20（15.0%）."""
    exact = chance_of(stratum)
    return f"{exact.numerator}/{exact.denominator}（{float(100 * exact):.1f}%）"


def number_words(stratum: Mapping[str, Any]) -> str:
    """How many are chosen; where the seed decides on one more, both: 3 或 4."""
    chosen = stratum["chosen"]
    return f"{chosen} 或 {chosen + 1}" if stratum.get("more") else f"{chosen}"


def lacking_words(lacking: Mapping[str, int]) -> str:
    return "，".join(f"{OBSTACLES[why]} {count} 人" for why, count in sorted(lacking.items()))


def are_open(draw: Draw) -> bool:
    """One secret is shown to nobody before the other is open too, and neither before the draw is held or void."""
    return bool(draw.secret_a and draw.secret_b) and draw.state in (DrawState.DRAWN, DrawState.VOIDED)


# Sections -------------------------------------------------------------------------------------------------------------


def about(draw: Draw) -> Rows:
    return [
        line("抽取编号", draw.number),
        line("检查任务", draw.campaign.title),
        line("轮次", f"第 {draw.round} 轮"),
        line("抽取单位", draw.organisation.name),
        line("抽取时间", moment(draw.draw_at)),
        line("公告时间", moment(draw.announced_at)),
        line("实际抽取时间", moment(draw.drawn_at)),
        line("公开随机值来源", draw.public_source, wide=True),
    ]


def rules(terms: Mapping[str, Any], campaign: Any) -> Rows:
    rates = "，".join(f"{grade} 类 {percent}%" for grade, percent in sorted(terms.get("rates", {}).items()))
    days = terms.get("recent_days")
    return [
        line("算法版本", terms.get("algorithm")),
        line("检查时间", f"{terms.get('visits_from', '')} 至 {terms.get('visits_until', '')}"),
        line("每组检查人员", f"{campaign.inspectors_each} 人"),
        line("主题", Theme(campaign.theme).label),
        line("近期排除", f"{days} 天内检查过的不列入" if days else "不排除"),
        line("抽取比例", rates, wide=True),
    ]


def checks(draw: Draw) -> Rows:
    secrets = (draw.secret_a, draw.secret_b) if are_open(draw) else ("", "")
    return [
        line("名单校验值", draw.pool_sha256, wide=True),
        line("规则校验值", draw.terms_sha256, wide=True),
        line("承诺值甲", draw.commitment_a, wide=True),
        line("承诺值乙", draw.commitment_b, wide=True),
        line("密语甲", secrets[0], wide=True),
        line("密语乙", secrets[1], wide=True),
        line("公开随机值", draw.public_value, wide=True),
        line("种子", draw.seed, wide=True),
        line("结果校验值", draw.result_sha256, wide=True),
    ]


def voiding(draw: Draw) -> Sections:
    if not draw.void_reason:
        return []
    facts = [line("作废理由", draw.void_reason, wide=True), line("作废时间", moment(draw.voided_at))]
    return [{"title": "作废" if draw.state == DrawState.VOIDED else "申请作废，待批准", "facts": facts}]


def sections(draw: Draw, user: Any) -> Sections:
    persons = [
        line("保管人甲", f"{draw.custodian_a}（{said(draw.commitment_a, draw.secret_a)}）"),
        line("保管人乙", f"{draw.custodian_b}（{said(draw.commitment_b, draw.secret_b)}）"),
    ]
    replaced = [line("替代的抽取", str(draw.replaces), url=draw.replaces.get_absolute_url())] if draw.replaces else []
    return [
        {"title": "抽取", "facts": [*about(draw), *persons, *replaced]},
        *voiding(draw),
        {"title": "规则", "facts": rules(draw.terms, draw.campaign)},
        {"title": "校验值和密语", "facts": checks(draw), "note": "SHA-256"},
    ]


def said(commitment: str, secret: str) -> str:
    return "已公开密语" if secret else "已交存承诺值" if commitment else "待交存承诺值"


# Tables ---------------------------------------------------------------------------------------------------------------


def strata_rows(terms: Mapping[str, Any]) -> Rows:
    """Each stratum with the chance of its projects, which is known before the draw."""
    codes = [stratum["stratum"].partition("/")[0] for stratum in terms["strata"]]
    names = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    return [
        {
            "region": names.get(code, code),
            "grade": stratum["stratum"].partition("/")[2],
            "size": stratum["size"],
            "chosen": number_words(stratum),
            "chance": chance(stratum),
        }
        for code, stratum in zip(codes, terms["strata"], strict=True)
    ]


def excluded_rows(terms: Mapping[str, Any]) -> Rows:
    return [
        {"project": e["project"], "name": e["name"], "reason": LEFT_OUT[e["reason"]], "on": e.get("on", "")}
        for e in terms["excluded"]
    ]


def pool_rows(pool: Iterable[Document], terms: Mapping[str, Any], bundle: Mapping[str, Any]) -> Rows:
    """The candidates, each with its chance and, once drawn, its place in the drawn order."""
    pool = list(pool)
    chances = {stratum["stratum"]: chance(stratum) for stratum in terms["strata"]}
    names = {o: name for name, ordinals in members_of(pool, terms["groups"]).items() for o in ordinals}
    result = bundle.get("result") or {"strata": [], "visits": []}
    ranks = {ordinal: rank for stratum in result["strata"] for rank, ordinal in enumerate(stratum["order"], 1)}
    chosen = {visit["ordinal"] for visit in result["visits"]}
    return [
        {
            **line_,
            "stratum": names[line_["ordinal"]],
            "chance": chances[names[line_["ordinal"]]],
            "rank": ranks.get(line_["ordinal"]),
            "is_chosen": line_["ordinal"] in chosen,
        }
        for line_ in pool
    ]


def visit_rows(rows: Rows, bundle: Mapping[str, Any]) -> Rows:
    """The chosen projects in the order in which they got their teams."""
    by_ordinal = {row["ordinal"]: row for row in rows}
    return [
        {**by_ordinal[visit["ordinal"]], "team": visit["team"], "lacking": lacking_words(visit["lacking"])}
        for visit in (bundle.get("result") or {"visits": []})["visits"]
    ]


def page_of(rows: Rows, request: HttpRequest) -> Page:
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


def tables(draw: Draw) -> dict[str, Any]:
    """The tables of an announced draw, all of them from its bundle, and what was changed by hand since."""
    bundle = load_bundle(draw)
    rows = pool_rows(pool_of(bundle), bundle["terms"], bundle)
    return {
        "strata": strata_rows(bundle["terms"]),
        "excluded": excluded_rows(bundle["terms"]),
        "pool": rows,
        "visits": visit_rows(rows, bundle),
        "people": bundle["inspectors"],
        "adjustments": adjustments(draw),
        "is_drawn": bundle["result"] is not None,
    }


def published(draw: Draw, request: HttpRequest) -> dict[str, Any]:
    """The same with one page of the candidates."""
    told = tables(draw)
    return told | {"pool": page_of(told["pool"], request)}


def sheet(request: HttpRequest, draw: Draw, context: dict[str, Any]) -> StreamingHttpResponse:
    """The whole of an announced draw on one page, to be read and printed; the candidates are sent as they are drawn."""
    told = tables(draw) | context
    told |= {
        "title": f"随机抽取 {draw.number} 名单",
        "draw": draw,
        "pool_size": len(told["pool"]),
        "mark": MARK,
        "sections": [
            {"title": "抽取", "facts": about(draw)},
            {"title": "规则", "facts": rules(draw.terms, draw.campaign)},
            {"title": "校验值和密语", "facts": checks(draw), "note": "SHA-256"},
        ],
    }
    head, _, foot = render_to_string("inspections/draws/sheet.html", told, request).partition(MARK)
    return StreamingHttpResponse(streamed(head, told["pool"], told["is_drawn"], foot))


def streamed(head: str, rows: Rows, is_drawn: bool, foot: str) -> Iterator[str]:
    yield head
    for first in range(0, len(rows), ROWS_AT_ONCE):
        part = {"rows": rows[first : first + ROWS_AT_ONCE], "is_drawn": is_drawn}
        yield render_to_string("inspections/draws/_pool_rows.html", part)
    yield foot


# Inside ---------------------------------------------------------------------------------------------------------------


def more(draw: Draw, request: HttpRequest) -> dict[str, Any]:
    if draw.state == DrawState.PREPARED:
        return expected(prospect(draw), request)
    told = published(draw, request)
    staff = PoolInspector.objects.filter(draw=draw).select_related("inspector__user", "inspector__organisation")
    by_key = {key_of(draw, row.inspector): row for row in staff}
    made = {
        v.project.number: v for v in Visit.objects.visible_to(request.user).filter(draw=draw).select_related("project")
    }
    for visit in told["visits"]:
        visit["team"] = [f"{by_key[key].inspector}" for key in visit["team"]]
        visit["visit"] = made.get(visit["project"])
    return told | {
        "staff": [staff_row(person, by_key.get(person["key"])) for person in told["people"]],
        "public_url": reverse("public_draw", args=[draw.pk]),
        "sheet_url": reverse("draws:sheet", args=[draw.pk]),
        "shows_visits": True,
    }


def staff_row(person: Document, row: PoolInspector | None) -> dict[str, Any]:
    return {
        "key": person["key"],
        "name": str(row.inspector) if row else "",
        "office": row.inspector.organisation.name if row else "",
        "load": person["load"],
        "barred": len(person["barred"]),
        "unfit": OBSTACLES[person["unfit"]] if person["unfit"] else "",
        "assigned": row.assigned if row else None,
    }


def expected(found: Prospect, request: HttpRequest) -> dict[str, Any]:
    """What announcing would freeze as things stand now."""
    rows = pool_rows(found.pool, found.terms, {})
    people = [
        staff_row(person, None)
        | {"name": str(found.people[person["key"]]), "office": found.people[person["key"]].organisation.name}
        for person in found.inspectors
    ]
    return {
        "strata": strata_rows(found.terms),
        "excluded": excluded_rows(found.terms),
        "pool": page_of(rows, request),
        "visits": [],
        "staff": people,
        "is_expected": True,
    }


DRAW_CASE = Case(
    registry[DrawRegister.name],
    DRAW,
    DRAW_FORMS,
    sections,
    (
        ("准备", (DrawState.PREPARED,)),
        ("公告", (DrawState.ANNOUNCED,)),
        ("抽取", (DrawState.DRAWN,)),
    ),
    move_templates={"commit_secret": "inspections/draws/commit.html"},
)
