"""Listings proposed by hand, joint measures, and each in the state from which a move begins."""

from datetime import timedelta
from typing import Any

from apps.accounts.models import Organisation, User
from apps.core.db import db_now
from apps.core.workflow import Transition
from apps.credit.models import Blacklisting, JointMeasure, ListType
from apps.credit.services.listings import propose_listing
from apps.credit.workflow import JOINT, LISTING
from apps.enterprises.models import Enterprise
from tests.credit import stories
from tests.credit.stories import Cast, today

FORGED = "利用虚假材料、以欺骗手段取得企业资质"


def by_hand(firm: Enterprise, by: User, kind: ListType | None = None, **told: Any) -> Blacklisting:
    facts: dict[str, Any] = {
        "enterprise": firm,
        "office": by.organisation,
        "by": by,
        "condition": FORGED,
        "happened_on": today() - timedelta(days=3),
        "facts": "业绩合同系伪造",
        "evidence": "合同原件比对记录",
    }
    return propose_listing(kind or stories.market(), **facts | told)


def asked(listing: Blacklisting, *, office: Organisation | None = None, text: str = "限制投标") -> JointMeasure:
    """A measure as the decision sends it, also of a listing that is not decided yet."""
    return JointMeasure.objects.create(
        number=f"{listing.number}-{listing.measures.count() + 1}",
        listing=listing,
        office=office.name if office else "招标投标监督管理部门",
        addressee=office,
        text=text,
        sent_at=db_now(),
        sent_by=listing.made_by,
    )


def told(listing: Blacklisting, cast: Cast) -> Blacklisting:
    """Checked and notified by the first officer of the province; the firm may still object."""
    listing = LISTING.perform(listing, "check", by=cast.province, opinion="符合列入情形")
    return stories.tell(LISTING, listing, cast.province)


def before_move(move: Transition, cast: Cast) -> Blacklisting:
    listing = by_hand(cast.firm, cast.county)
    state = move.sources[0]
    if state == "proposed":
        return listing
    if state == "checked":
        return LISTING.perform(listing, "check", by=cast.province, opinion="符合列入情形")
    listing = told(listing, cast)
    if state == "objected":
        return LISTING.perform(listing, "object", by=cast.director, objection="合同系真实履行")
    if move.name == "object":
        return listing
    listing = stories.after_objections(listing)
    if state == "listed":
        return LISTING.perform(listing, "put_on_list", by=cast.second_province, decision_number="冀建信黑〔2026〕14号")
    return listing


def answered(measure: JointMeasure, by: User) -> JointMeasure:
    return JOINT.perform(measure, "feed_back", by=by, feedback="已限制投标")
