from apps.enterprises.models.enterprise import (
    Enterprise,
    EnterpriseKind,
    EnterprisePresence,
    EnterpriseQuerySet,
    EnterpriseStatus,
    FormerName,
)
from apps.enterprises.models.merge import MERGE_CHANGES, EnterpriseMerge, MergeState

__all__ = [
    "MERGE_CHANGES",
    "Enterprise",
    "EnterpriseKind",
    "EnterpriseMerge",
    "EnterprisePresence",
    "EnterpriseQuerySet",
    "EnterpriseStatus",
    "FormerName",
    "MergeState",
]
