"""Two firms side by side, and what merging them would do, before anything is written."""

from collections.abc import Callable
from typing import Any

from apps.core.cases import moment
from apps.enterprises.hanging import previewed
from apps.enterprises.models import Enterprise

SAID: tuple[tuple[str, Callable[[Enterprise], str]], ...] = (
    ("企业名称", lambda firm: firm.name),
    ("统一社会信用代码", lambda firm: firm.uscc),
    ("企业类型", lambda firm: firm.get_kind_display()),
    ("注册地", lambda firm: firm.organisation.region.name),
    ("资质等级", lambda firm: firm.qualification),
    ("安全生产许可证编号", lambda firm: firm.safety_licence),
    ("法定代表人", lambda firm: firm.legal_representative),
    ("注册地址", lambda firm: firm.address),
    ("状态", lambda firm: firm.get_status_display()),
    ("登记时间", lambda firm: moment(firm.created_at)),
)


def compared(duplicate: Enterprise, survivor: Enterprise) -> dict[str, Any]:
    """Both firms side by side, and what merging them would do."""
    pairs = [(label, tell(duplicate), tell(survivor)) for label, tell in SAID]
    kinds = previewed(duplicate.pk, survivor.pk)
    return {
        "pairs": [{"label": label, "duplicate": a, "survivor": b, "differs": a != b} for label, a, b in pairs],
        "kinds": kinds,
        "moves": sum(kind["moves"] for kind in kinds),
    }
