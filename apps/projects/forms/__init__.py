"""Forms of projects, of the firms and people on them, and of dangerous works."""

from apps.projects.forms.parts import ProjectMemberForm, ProjectPartyForm
from apps.projects.forms.project import ProjectForm
from apps.projects.forms.works import ChooseWorkForm, DangerousWorkForm

__all__ = ["ChooseWorkForm", "DangerousWorkForm", "ProjectForm", "ProjectMemberForm", "ProjectPartyForm"]
