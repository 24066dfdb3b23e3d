"""Projects, who takes part in them, and their dangerous works."""

from apps.projects.models.parts import (
    REACHING,
    SINGLE,
    PartOfProjectQuerySet,
    PartyRole,
    Post,
    ProjectMember,
    ProjectParty,
)
from apps.projects.models.project import (
    UNDERWAY,
    Project,
    ProjectKind,
    ProjectQuerySet,
    ProjectUserObjectPermission,
    Stage,
    Structure,
)
from apps.projects.models.works import DangerousWork, WorkState

__all__ = [
    "REACHING",
    "SINGLE",
    "UNDERWAY",
    "DangerousWork",
    "PartOfProjectQuerySet",
    "PartyRole",
    "Post",
    "Project",
    "ProjectKind",
    "ProjectMember",
    "ProjectParty",
    "ProjectQuerySet",
    "ProjectUserObjectPermission",
    "Stage",
    "Structure",
    "WorkState",
]
