"""The life of a hazard as one table: 登记, 下达, 签收, 整改, 回复, 监理确认, 复查, 销号.

Hazards that an authority found are ordered, verified and closed by authorities; what a firm or its supervision
firm found itself (自查) is carried by the firm's own people under the same table.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.core.deadlines import DeadlineRule, Derivation, deadline
from apps.core.effects import stamp
from apps.core.workdays import in_words
from apps.core.workflow import Step, Transition, TransitionRefused, Workflow
from apps.hazards.calendar import CALENDAR
from apps.hazards.handlers import handlers_of
from apps.hazards.models import FIVE_COMMITMENTS, Grade, Hazard, Photo, PhotoStage, State

CONTEST_DAYS = 30
MOST_EXTENSIONS = 1
"""How often a deadline may be put off.  A sample value: no text that we could read fixes it; the office's rules do."""

# Guards: why this person may not move this hazard ------------------------------------------------------------------


def belongs_to_my_side(hazard: Hazard, user: Any) -> str | None:
    """Authorities carry what authorities found; what a firm found is carried by it or by those who put it right."""
    is_authority = user.role_definition.side == "regulator"
    if hazard.by_authority:
        return None if is_authority else "监督机构发现的隐患由监督机构办理"
    if is_authority:
        return "企业自查的隐患由企业自行办理"
    own = user.organisation_id == hazard.organisation_id or _puts_right(hazard, user)
    return None if own else "由发现隐患的企业或整改企业办理"


def is_of_the_firm(hazard: Hazard, user: Any) -> str | None:
    """Only the responsible firm or the general contractor answers; a supervision firm sees the hazard, no more."""
    return None if _puts_right(hazard, user) else "由整改企业或施工总承包单位办理"


def _puts_right(hazard: Hazard, user: Any) -> bool:
    return user.organisation_id in (hazard.enterprise_id, hazard.project.enterprise_id)


def is_the_recorder(hazard: Hazard, user: Any) -> str | None:
    return None if hazard.recorder_is(user) else "只有登记人可以办理"


def did_not_answer(hazard: Hazard, user: Any) -> str | None:
    """Nobody confirms or verifies their own answer."""
    return "不能确认或复查自己提交的整改回复" if hazard.answered_by_id == user.pk else None


def did_not_verify_a_major(hazard: Hazard, user: Any) -> str | None:
    """Closing a major hazard needs two different officers."""
    if hazard.grade == Grade.MAJOR and hazard.verified_by_id == user.pk:
        return "重大隐患须由复查人以外的另一名监督人员销号"
    return None


def is_not_listed(hazard: Hazard, user: Any) -> str | None:
    return f"正在{hazard.get_listed_level_display()}督办，解除督办后才能办理" if hazard.listed_level else None


def work_goes_on(hazard: Hazard, user: Any) -> str | None:
    return "尚在停工，复工或撤销停工后才能办理" if hazard.work_stopped else None


def is_not_major(hazard: Hazard, user: Any) -> str | None:
    """On the spot nobody answers, and thus nobody tells of the 五落实 that a major hazard needs."""
    return "重大隐患不能当场整改办结，请下达整改，由企业落实五落实后回复" if hazard.is_major else None


def no_void_requested(hazard: Hazard, user: Any) -> str | None:
    return "已有作废申请，等待审批" if hazard.void_requested_by_id else None


def void_requested_by_another(hazard: Hazard, user: Any) -> str | None:
    if hazard.void_requested_by_id is None:
        return "没有作废申请"
    return "不能审批自己提出的作废申请" if hazard.void_requested_by_id == user.pk else None


def closed_lately(hazard: Hazard, user: Any) -> str | None:
    if hazard.closed_at is None or hazard.closed_at < timezone.now() - timedelta(days=CONTEST_DAYS):
        return f"销号超过 {CONTEST_DAYS} 天，不能再提出异议"
    return None


def is_of_the_office(hazard: Hazard, user: Any) -> str | None:
    """Who handles a hazard is the business of the office that carries it."""
    return None if hazard.organisation_id == user.organisation_id else "由登记单位指派经办人"


def not_urged_today(hazard: Hazard, user: Any) -> str | None:
    return "今天已催办过，同一隐患一天只能催办一次" if hazard.urged_on == timezone.localdate() else None


def before_the_deadline(hazard: Hazard, user: Any) -> str | None:
    if hazard.deadline is None:
        return "未定整改期限，不需要申请延期"
    return "整改期限已过，不能再申请延期" if hazard.deadline < timezone.localdate() else None


def no_extension_requested(hazard: Hazard, user: Any) -> str | None:
    return "已有延期申请，等待审批" if hazard.extension_requested_by_id else None


def extensions_are_left(hazard: Hazard, user: Any) -> str | None:
    return (
        f"最多延期 {MOST_EXTENSIONS} 次，已延期 {hazard.extensions} 次"
        if hazard.extensions >= MOST_EXTENSIONS
        else None
    )


def extension_requested_by_another(hazard: Hazard, user: Any) -> str | None:
    if hazard.extension_requested_by_id is None:
        return "没有延期申请"
    return "不能审批自己提出的延期申请" if hazard.extension_requested_by_id == user.pk else None


def extension_still_helps(hazard: Hazard, user: Any) -> str | None:
    """A new deadline that has passed already would put the firm in default at once."""
    if hazard.extension_until and hazard.extension_until < timezone.localdate():
        return f"申请延至的 {hazard.extension_until} 已过，不能再批准"
    return None


# Effects: what else a move writes, or refuses once it sees the facts -------------------------------------------------


def deadline_not_before_today(step: Step) -> None:
    """A deadline cannot lie before the order that sets it; the order's day is the database's."""
    deadline = step.facts.get("deadline")
    if deadline and deadline < timezone.localdate(step.at):
        raise TransitionRefused("整改期限不能早于下达当天")


def deadline_has_its_own_basis(step: Step) -> None:
    """A date set by hand must not keep the derivation of the one it replaces."""
    hazard = step.record
    if hazard.deadline is None or hazard.deadline_basis.get("due") != hazard.deadline.isoformat():
        hazard.deadline_basis = {}


def major_needs_deadline(step: Step) -> None:
    if step.record.is_major and step.record.deadline is None:
        raise TransitionRefused("重大隐患必须规定整改期限")


def before_photo(step: Step) -> None:
    """The event of the order holds the hashes of what was seen, as later events do of theirs."""
    photos = list(step.record.photos.filter(stage=PhotoStage.BEFORE).select_related("original"))
    if not photos:
        raise TransitionRefused("下达前至少要有 1 张整改前照片")
    step.facts["evidence"] = as_facts(photos)


def attach(stage: PhotoStage) -> Any:
    """Bind the photographs named in the move to the hazard; they leave the uploader's waiting ones for good."""

    def effect(step: Step) -> None:
        step.facts["photos"] = attach_photos(step.record, step.facts.get("photos") or [], stage, step.by)

    return effect


def attach_photos(hazard: Hazard, keys: list[Any], stage: PhotoStage, by: Any) -> list[dict[str, str]]:
    """Bind waiting photographs of this user; answers key and SHA-256 of each, for the event."""
    waiting = Photo.objects.waiting(by).select_for_update().filter(pk__in=keys).select_related("original")
    photos = list(waiting)
    if len(photos) != len(set(map(str, keys))):
        raise TransitionRefused("有照片已失效，请重新上传")
    Photo.objects.filter(pk__in=[p.pk for p in photos]).update(hazard=hazard, stage=stage, step=hazard.version + 1)
    return as_facts(photos)


def as_facts(photos: list[Photo]) -> list[dict[str, str]]:
    return [{"id": str(p.pk), "sha256": p.original.sha256} for p in photos]


def after_photo(step: Step) -> None:
    """One for each answer: that of an earlier round shows what was not accepted."""
    photos = step.record.photos.filter(stage=PhotoStage.AFTER, step=step.record.version + 1)
    if not photos.exists():
        raise TransitionRefused("至少要有 1 张整改后照片，须在现场拍摄")


def five_commitments(step: Step) -> None:
    """A major hazard is answered with all of 五落实."""
    if not step.record.is_major:
        return
    missing = [label for key, label in FIVE_COMMITMENTS.items() if not step.record.commitments.get(key)]
    if missing:
        raise TransitionRefused(f"重大隐患须填写五落实，还缺：{'、'.join(missing)}")


def rectified_not_in_future(step: Step) -> None:
    claimed = step.facts.get("rectified_on")
    if claimed and claimed > timezone.localdate(step.at):
        raise TransitionRefused("整改完成日期不能晚于今天")


def one_more_round(step: Step) -> None:
    """Sent back: the next answer starts afresh, the old one stays in the events."""
    hazard = step.record
    hazard.rounds += 1
    hazard.answered_by = hazard.confirmed_by = hazard.verified_by = None
    hazard.answered_at = hazard.confirmed_at = hazard.verified_at = None
    hazard.opinion = ""


def request_void(step: Step) -> None:
    step.record.void_requested_by = step.by


def forget_void(step: Step) -> None:
    step.record.void_requested_by, step.record.void_reason = None, ""


def urge(step: Step) -> None:
    step.record.urged_on = timezone.localdate(step.at)


def hand_to_another(step: Step) -> None:
    """Only to somebody of the office who may verify; the event names them, as the history shows it."""
    hazard, handler = step.record, step.record.handler
    if not handlers_of(hazard.organisation_id).filter(pk=handler.pk).exists():
        raise TransitionRefused("经办人须是本单位有复查权限的在用账号")
    if Hazard.objects.filter(pk=hazard.pk, handler=handler).exists():
        raise TransitionRefused(f"经办人已经是{handler.name}")
    step.facts["handler_name"] = handler.name


def request_extension(step: Step) -> None:
    hazard = step.record
    if hazard.extension_until <= hazard.deadline:
        raise TransitionRefused(f"申请延至的日期须晚于现在的整改期限 {hazard.deadline}")
    hazard.extension_requested_by = step.by


def extend(step: Step) -> None:
    """The asked date becomes the deadline, and its derivation says from which, by whom and why."""
    hazard, before, day = step.record, step.record.deadline, step.record.extension_until
    words = (
        f"原整改期限为 {in_words(before)}，{in_words(timezone.localdate(step.at))}经{step.by.name}批准延期"
        f"至 {in_words(day)}（理由：{hazard.extension_reason}）。"
    )
    steps = (*hazard.deadline_basis.get("steps", ()), words)
    hazard.deadline, hazard.deadline_basis = day, Derivation(day, steps, CALENDAR.edition).as_json()
    hazard.extensions += 1
    step.facts.update(extension_until=day, extension_reason=hazard.extension_reason, deadline_before=before)


def count_from_service(step: Step) -> None:
    """The same term, counted from the day on which the notice was served; a date of its own stays as it is."""
    hazard, before, served = step.record, step.record.deadline, step.facts["served_on"]
    rule = hazard.deadline_basis.get("rule")
    if not rule or hazard.extensions:
        return
    derivation = deadline(served, DeadlineRule(**rule), CALENDAR)
    words = f"整改通知书 {step.facts['notice']} 于 {in_words(served)}送达，期限自送达起算。"
    steps = (words, *derivation.steps)
    hazard.deadline = derivation.due
    hazard.deadline_basis = Derivation(derivation.due, steps, derivation.calendar_edition).as_json() | {"rule": rule}
    step.facts.update(deadline=derivation.due, deadline_before=before)


def forget_extension(step: Step) -> None:
    hazard = step.record
    hazard.extension_requested_by = hazard.extension_until = None
    hazard.extension_reason = hazard.interim_measures = ""


def reopen(step: Step) -> None:
    hazard = step.record
    hazard.contested = True
    hazard.opinion = ""
    hazard.verified_by = hazard.closed_by = hazard.verified_at = hazard.closed_at = None


def plan_reminders(step: Step) -> None:
    """Reminders run while the firm has the hazard, and while its answer waits; the sweep finds the exact day."""
    waiting = step.record.state in State.OPEN
    step.record.next_reminder_on = timezone.localdate(step.at) if waiting else None


HAZARD = Workflow(
    (
        Transition(
            "order",
            "下达整改",
            (State.DRAFT,),
            State.ORDERED,
            "hazards.order_hazard",
            facts=("demands", "disposal"),
            optional=("deadline", "deadline_basis", "responsible_person"),
            guards=(belongs_to_my_side,),
            effects=(
                before_photo,
                deadline_not_before_today,
                deadline_has_its_own_basis,
                major_needs_deadline,
                stamp("ordered"),
                plan_reminders,
            ),
            notify=("firm", "site"),
        ),
        Transition(
            "fix_on_spot",
            "当场整改",
            (State.DRAFT,),
            State.VERIFIED,
            "hazards.verify_hazard",
            facts=("measures", "photos"),
            guards=(belongs_to_my_side, is_not_major),
            effects=(before_photo, attach(PhotoStage.AFTER), after_photo, stamp("ordered", "verified"), plan_reminders),
            notify=("firm", "site"),
        ),
        Transition(
            "receive",
            "签收",
            (State.ORDERED,),
            State.RECEIVED,
            "hazards.receive_hazard",
            guards=(is_of_the_firm,),
            effects=(stamp("received"), plan_reminders),
            notify=("recorder",),
        ),
        Transition(
            "start",
            "开始整改",
            (State.RECEIVED,),
            State.RECTIFYING,
            "hazards.rectify_hazard",
            optional=("responsible_person", "commitments"),
            guards=(is_of_the_firm,),
            effects=(plan_reminders,),
        ),
        Transition(
            "answer",
            "提交整改回复",
            (State.RECEIVED, State.RECTIFYING),
            State.ANSWERED,
            "hazards.rectify_hazard",
            facts=("measures", "rectified_on", "photos"),
            optional=("funds", "responsible_person", "commitments"),
            guards=(is_of_the_firm,),
            effects=(
                rectified_not_in_future,
                five_commitments,
                attach(PhotoStage.AFTER),
                after_photo,
                stamp("answered"),
                forget_extension,
                plan_reminders,
            ),
            notify=("supervising_engineer",),
        ),
        Transition(
            "request_extension",
            "申请延期",
            (State.RECEIVED, State.RECTIFYING),
            "",
            "hazards.rectify_hazard",
            facts=("extension_until", "extension_reason", "interim_measures"),
            guards=(is_of_the_firm, before_the_deadline, no_extension_requested, extensions_are_left),
            effects=(request_extension,),
            notify=("approvers",),
        ),
        Transition(
            "approve_extension",
            "批准延期",
            (State.RECEIVED, State.RECTIFYING),
            "",
            "hazards.approve_extension_hazard",
            guards=(belongs_to_my_side, extension_requested_by_another, extension_still_helps),
            effects=(extend, forget_extension, plan_reminders),
            notify=("firm", "site", "recorder"),
        ),
        Transition(
            "reject_extension",
            "不同意延期",
            (State.RECEIVED, State.RECTIFYING),
            "",
            "hazards.approve_extension_hazard",
            facts=("reason",),
            guards=(belongs_to_my_side, extension_requested_by_another),
            effects=(forget_extension,),
            notify=("firm", "site"),
        ),
        Transition(
            "remind",
            "催办",
            State.WITH_FIRM,
            "",
            "hazards.remind_hazard",
            optional=("remark",),
            guards=(belongs_to_my_side, not_urged_today),
            effects=(urge,),
            notify=("firm", "site"),
        ),
        # What a visit saw of it where no verdict can be given yet; apps.inspections tells it at the submission.
        Transition(
            "look_again",
            "现场复查",
            State.OPEN,
            "",
            "hazards.verify_hazard",
            facts=("visit", "outcome", "remark"),
            optional=("photos",),
            guards=(belongs_to_my_side,),
            effects=(attach(PhotoStage.VERIFICATION),),
            by_itself=True,
        ),
        # Follows from the service of the notice (送达回证); apps.hazards.papers makes it.
        Transition(
            "count_from_service",
            "期限自送达起算",
            State.WITH_FIRM,
            "",
            "hazards.order_hazard",
            facts=("served_on", "notice"),
            effects=(count_from_service, plan_reminders),
            by_itself=True,
        ),
        Transition(
            "confirm",
            "监理确认",
            (State.ANSWERED,),
            State.CONFIRMED,
            "hazards.confirm_hazard",
            optional=("remark",),
            guards=(did_not_answer,),
            effects=(stamp("confirmed"), plan_reminders),
            notify=("recorder",),
        ),
        Transition(
            "reject",
            "监理退回",
            (State.ANSWERED,),
            State.RECTIFYING,
            "hazards.confirm_hazard",
            facts=("reason",),
            guards=(did_not_answer,),
            effects=(one_more_round, plan_reminders),
            notify=("firm", "site"),
        ),
        Transition(
            "verify",
            "复查合格",
            (State.CONFIRMED,),
            State.VERIFIED,
            "hazards.verify_hazard",
            facts=("opinion",),
            optional=("photos",),
            guards=(belongs_to_my_side, did_not_answer),
            effects=(attach(PhotoStage.VERIFICATION), stamp("verified"), plan_reminders),
            notify=("closers",),
        ),
        Transition(
            "close",
            "销号",
            (State.VERIFIED,),
            State.CLOSED,
            "hazards.close_hazard",
            guards=(belongs_to_my_side, did_not_answer, did_not_verify_a_major, is_not_listed, work_goes_on),
            effects=(stamp("closed"), plan_reminders),
            notify=("firm", "site", "supervising_engineer"),
        ),
        Transition(
            "return",
            "退回整改",
            (State.CONFIRMED, State.VERIFIED),
            State.RECTIFYING,
            "hazards.verify_hazard",
            facts=("reason",),
            optional=("deadline", "deadline_basis", "photos"),
            guards=(belongs_to_my_side, did_not_answer),
            effects=(
                deadline_not_before_today,
                deadline_has_its_own_basis,
                attach(PhotoStage.VERIFICATION),
                one_more_round,
                plan_reminders,
            ),
            notify=("firm", "site", "supervising_engineer"),
        ),
        Transition(
            "contest",
            "对销号提出异议",
            (State.CLOSED,),
            State.CONFIRMED,
            "hazards.contest_hazard",
            facts=("reason",),
            guards=(is_the_recorder, closed_lately),
            effects=(reopen, plan_reminders),
            notify=("closers", "firm"),
        ),
        Transition(
            "assign",
            "指派经办人",
            State.OPEN,
            "",
            "hazards.assign_hazard",
            facts=("handler",),
            guards=(belongs_to_my_side, is_of_the_office),
            effects=(hand_to_another,),
            notify=("handler",),
        ),
        Transition(
            "discard",
            "作废草稿",
            (State.DRAFT,),
            State.VOID,
            "hazards.void_hazard",
            facts=("void_reason",),
            guards=(is_the_recorder,),
            effects=(plan_reminders,),
            danger=True,
        ),
        Transition(
            "request_void",
            "申请作废",
            State.OPEN,
            "",
            "hazards.void_hazard",
            facts=("void_reason",),
            guards=(belongs_to_my_side, no_void_requested),
            effects=(request_void,),
            notify=("approvers",),
            danger=True,
        ),
        Transition(
            "approve_void",
            "批准作废",
            State.OPEN,
            State.VOID,
            "hazards.approve_void_hazard",
            guards=(belongs_to_my_side, void_requested_by_another, is_not_listed, work_goes_on),
            effects=(forget_extension, plan_reminders),
            notify=("firm", "site", "recorder"),
            danger=True,
        ),
        Transition(
            "reject_void",
            "不同意作废",
            State.OPEN,
            "",
            "hazards.approve_void_hazard",
            facts=("reason",),
            guards=(belongs_to_my_side, void_requested_by_another),
            effects=(forget_void,),
            notify=("recorder",),
        ),
    )
)

# The way of a hazard as the steps strip shows it: label and the states that stand on this step or before it.
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("登记", (State.DRAFT,)),
    ("下达", (State.ORDERED,)),
    ("整改", (State.RECEIVED, State.RECTIFYING)),
    ("监理确认", (State.ANSWERED,)),
    ("复查", (State.CONFIRMED,)),
    ("销号", (State.VERIFIED, State.CLOSED)),
)
