"""The life of a draw: two commit, it is announced with its pool, two disclose, it is drawn; void ones stay public."""

from collections import Counter
from io import BytesIO
from typing import Any

from django.utils import timezone

from apps.core import files
from apps.core.canonical import plain
from apps.core.workflow import Step, Transition, TransitionRefused, Workflow
from apps.documents.numbering import kept_office, take_serial
from apps.inspections.bundles import load_bundle
from apps.inspections.drawing import ALGORITHM
from apps.inspections.drawing.bundle import announced_bundle, as_file, drawn_bundle
from apps.inspections.drawing.drawing import commitment_of, members_of, pool_bytes
from apps.inspections.drawing.quotas import chance_of
from apps.inspections.models import Draw, DrawState, PoolEntry, PoolInspector
from apps.inspections.pools import Prospect, key_of, prospect
from apps.inspections.verifiers.verify_draw import problems

S = DrawState
SERIES, CHARACTER = "random_draw", "抽"
BATCH = 1000


# Who may not, and when not --------------------------------------------------------------------------------------------


def is_of_the_office(draw: Draw, user: Any) -> str | None:
    """Offices above and below see the draw; it is made by an office of its own region."""
    return None if user.organisation.region_path == draw.region_path else "由抽取单位办理"


def is_custodian(draw: Draw, user: Any) -> str | None:
    return None if user.pk in (draw.custodian_a_id, draw.custodian_b_id) else "由密语保管人本人办理"


def both_have_committed(draw: Draw, user: Any) -> str | None:
    return None if draw.commitment_a and draw.commitment_b else "两名保管人都交存承诺值后才能公告"


def has_not_disclosed(draw: Draw, user: Any) -> str | None:
    return "您已公开密语" if getattr(draw, f"secret_{side_of(draw, user)}") else None


def both_have_disclosed(draw: Draw, user: Any) -> str | None:
    return None if draw.secret_a and draw.secret_b else "两名保管人都公开密语后才能抽取"


def time_has_come(draw: Draw, user: Any) -> str | None:
    """By the database's clock where the row is locked; what is shown before goes by the web host's."""
    now = getattr(draw, "clock", None) or timezone.now()
    when = f"{timezone.localtime(draw.draw_at):%Y-%m-%d %H:%M}"
    return None if now >= draw.draw_at else f"公告的抽取时间是 {when}，到时才能办理"


def time_lies_ahead(draw: Draw, user: Any) -> str | None:
    return "抽取时间已过，请先修改抽取时间" if time_has_come(draw, user) is None else None


def nobody_wants_it_void(draw: Draw, user: Any) -> str | None:
    return "已有人申请作废，请先处理" if draw.void_requested_by_id else None


def somebody_wants_it_void(draw: Draw, user: Any) -> str | None:
    return None if draw.void_requested_by_id else "没有人申请作废"


def is_another_person(draw: Draw, user: Any) -> str | None:
    return "申请作废和批准作废须由不同的人办理" if draw.void_requested_by_id == user.pk else None


def is_of_the_office_or_above(draw: Draw, user: Any) -> str | None:
    return None if draw.region_path.startswith(user.organisation.region_path) else "由抽取单位或者上级单位办理"


def side_of(draw: Draw, user: Any) -> str:
    return "a" if user.pk == draw.custodian_a_id else "b"


# What the moves write -------------------------------------------------------------------------------------------------


def put_commitment(step: Step) -> None:
    setattr(step.record, f"commitment_{side_of(step.record, step.by)}", step.facts["commitment"])


def freeze(step: Step) -> None:
    """Number, pool, terms and hashes, all in this one transaction: what is refused has used up no number."""
    draw = step.record
    draw.number = next_number(step)
    draw.algorithm, draw.announced_at, draw.announced_by = ALGORITHM, step.at, step.by
    found = prospect(draw)
    if not any(map(chance_of, found.terms["strata"])):
        raise TransitionRefused("按现在的范围和规则抽不出任何项目，不能公告")
    commitments = {"a": draw.commitment_a, "b": draw.commitment_b}
    bundle = announced_bundle(found.terms, found.pool, found.inspectors, commitments, announced_at=step.at)
    draw.terms = plain(bundle["terms"])
    draw.terms_sha256, draw.pool_sha256 = bundle["terms_sha256"], bundle["pool_sha256"]
    draw.pool_size = len(found.pool)
    draw.pool_file = files.store(BytesIO(pool_bytes(found.pool)), name=f"{draw.number}.jsonl", by=step.by)
    keep_bundle(step, bundle)
    keep_candidates(draw, found)


def next_number(step: Step) -> str:
    """冀石建安抽〔2026〕000001号: gap-free for each office and year, as papers have it."""
    year = timezone.localdate(step.at).year
    office = step.record.organisation
    serial = take_serial(office.pk, SERIES, year)
    return f"{kept_office(office).prefix}{CHARACTER}〔{year}〕{serial:06d}号"


def keep_bundle(step: Step, bundle: dict[str, Any]) -> None:
    name = f"{step.record.number}.json"
    step.record.bundle = files.store(BytesIO(as_file(bundle)), name=name, by=step.by, content_type="application/json")


def keep_candidates(draw: Draw, found: Prospect) -> None:
    """Rows beside the file, for lists and figures."""
    chances = {line["stratum"]: chance_of(line) for line in found.terms["strata"]}
    names = stratum_names(found)
    entries = [
        PoolEntry(
            draw=draw,
            ordinal=line["ordinal"],
            project=found.projects[line["project"]],
            enterprise_id=found.projects[line["project"]].enterprise_id,
            grade=line["grade"],
            stratum=(name := names[line["ordinal"]]),
            stratum_size=chances[name].denominator,
            chosen_of=chances[name].numerator,
        )
        for line in found.pool
    ]
    PoolEntry.objects.bulk_create(entries, batch_size=BATCH)
    fit = [line for line in found.inspectors if not line["unfit"]]
    PoolInspector.objects.bulk_create(
        PoolInspector(draw=draw, inspector=found.people[line["key"]], load=line["load"]) for line in fit
    )


def stratum_names(found: Prospect) -> dict[int, str]:
    members = members_of(found.pool, found.terms["groups"])
    return {ordinal: name for name, ordinals in members.items() for ordinal in ordinals}


def disclose(step: Step) -> None:
    """The secret goes on the record and not into the event: nobody reads it before the other is open too."""
    side, secret = side_of(step.record, step.by), step.facts.pop("secret")
    if commitment_of(secret) != getattr(step.record, f"commitment_{side}"):
        raise TransitionRefused("密语与交存的承诺值不符，请核对是否抄错")
    setattr(step.record, f"secret_{side}", secret)


def work_out(step: Step) -> None:
    """Seed and result from the frozen bundle and from nothing else."""
    draw = step.record
    told = load_bundle(draw)
    if (told["pool_sha256"], told["terms_sha256"]) != (draw.pool_sha256, draw.terms_sha256):
        raise TransitionRefused("公开数据包与公告的校验值不符，不能抽取")
    bundle = plain(drawn_bundle(told, (draw.secret_a, draw.secret_b), draw.public_value, drawn_at=step.at))
    if found := problems(bundle, told):  # as any stranger will check it
        raise TransitionRefused(f"公开数据包核验不符，不能抽取：{found[0]}")
    draw.seed, draw.result, draw.result_sha256 = bundle["seed"], bundle["result"], bundle["result_sha256"]
    draw.drawn_at, draw.drawn_by = step.at, step.by
    keep_bundle(step, bundle)
    keep_ranks(draw)
    keep_assignments(draw)


def keep_ranks(draw: Draw) -> None:
    ranks = {o: rank for line in draw.result["strata"] for rank, o in enumerate(line["order"], 1)}
    chosen = {visit["ordinal"] for visit in draw.result["visits"]}
    entries = list(PoolEntry.objects.filter(draw=draw))
    for entry in entries:
        entry.rank, entry.is_chosen = ranks[entry.ordinal], entry.ordinal in chosen
    PoolEntry.objects.bulk_update(entries, ["rank", "is_chosen"], batch_size=BATCH)


def keep_assignments(draw: Draw) -> None:
    times = Counter(key for visit in draw.result["visits"] for key in visit["team"])
    rows = list(PoolInspector.objects.filter(draw=draw).select_related("inspector"))
    for row in rows:
        row.assigned = times[key_of(draw, row.inspector)]
    PoolInspector.objects.bulk_update(rows, ["assigned"], batch_size=BATCH)


def ask_for_void(step: Step) -> None:
    step.record.void_requested_by = step.by


def forget_the_request(step: Step) -> None:
    step.record.void_reason, step.record.void_requested_by = "", None


def make_void(step: Step) -> None:
    step.record.voided_by, step.record.voided_at = step.by, step.at


DRAW = Workflow(
    (
        Transition(
            "commit_secret",
            "交存承诺值",
            (S.PREPARED,),
            "",
            "inspections.commit_draw",
            facts=("commitment",),
            guards=(is_custodian,),
            effects=(put_commitment,),
            notify=("office",),
        ),
        Transition(
            "announce_draw",
            "公告抽取",
            (S.PREPARED,),
            S.ANNOUNCED,
            "inspections.draw_draw",
            guards=(is_of_the_office, both_have_committed, time_lies_ahead),
            effects=(freeze,),
            notify=("custodians",),
        ),
        Transition(
            "reveal_secret",
            "公开密语",
            (S.ANNOUNCED,),
            "",
            "inspections.commit_draw",
            facts=("secret",),
            guards=(is_custodian, has_not_disclosed, time_has_come),
            effects=(disclose,),
            notify=("office",),
        ),
        Transition(
            "hold_draw",
            "抽取",
            (S.ANNOUNCED,),
            S.DRAWN,
            "inspections.draw_draw",
            facts=("public_value",),
            guards=(is_of_the_office, nobody_wants_it_void, time_has_come, both_have_disclosed),
            effects=(work_out,),
            notify=("custodians",),
        ),
        Transition(
            "request_void_draw",
            "申请作废",
            (S.ANNOUNCED, S.DRAWN),
            "",
            "inspections.void_draw",
            facts=("void_reason",),
            guards=(is_of_the_office, nobody_wants_it_void),
            effects=(ask_for_void,),
            notify=("approvers",),
            danger=True,
        ),
        Transition(
            "void_draw",
            "批准作废",
            (S.ANNOUNCED, S.DRAWN),
            S.VOIDED,
            "inspections.void_draw",
            guards=(somebody_wants_it_void, is_another_person, is_of_the_office_or_above),
            effects=(make_void,),
            notify=("requester", "custodians"),
            danger=True,
        ),
        Transition(
            "refuse_void_draw",
            "不同意作废",
            (S.ANNOUNCED, S.DRAWN),
            "",
            "inspections.void_draw",
            facts=("opinion",),
            guards=(somebody_wants_it_void, is_another_person, is_of_the_office_or_above),
            effects=(forget_the_request,),
            notify=("requester",),
        ),
    )
)
