"""What duties add to the posts that a site must have: its safety inspector, and its firm's safety director."""

from datetime import date

from apps.duty.models import DirectorAppointment, InspectorAppointment, Term
from apps.duty.terms import number_on, words_on
from apps.projects.models import Project
from apps.roster.staffing import Need, states_needs

SAMPLE = "履职标准（样例，待核定）"


@states_needs
def appointed(project: Project, today: date) -> list[Need]:
    """Both only where the term in force asks for one, or somebody is appointed all the same."""
    return [need for need in (inspector(project, today), director(project, today)) if need.required or need.have]


def inspector(project: Project, today: date) -> Need:
    least = number_on(Term.INSPECTOR_AREA, today)
    have = InspectorAppointment.objects.current(today).filter(project=project).count()
    required = int(project.area_m2 is not None and project.area_m2 >= least)
    return Need("项目安全督查员", required, have, f"建筑面积{least}㎡起", SAMPLE)


def director(project: Project, today: date) -> Need:
    words, firm = words_on(Term.DIRECTOR_NEEDED, today), project.enterprise
    have = DirectorAppointment.objects.current(today).filter(enterprise=firm).count() if firm else 0
    required = int(firm is not None and any(word in firm.qualification for word in words))
    return Need("总承包企业安全总监", required, have, "、".join(words), SAMPLE)
