from functools import partial

from django.urls import include, path

from apps.core.cases import case_urls
from apps.core.edition_pages import edition_page
from apps.core.pages import register_urls
from apps.core.record_page import record_page
from apps.core.registers import registry
from apps.duty import registers as own
from apps.duty.presenting import LEAVE_CASE
from apps.duty.views import appointments, of_project, on_site, overview, records

site = [
    path("site/", on_site.today_page, name="today"),
    path("duty/<str:key>/", on_site.duty_page, name="duty"),
    path("safety-log/<str:key>/", on_site.log_page, name="log"),
    path("leave/<str:key>/", records.leave_page, name="leave"),
]
days = [
    path("<str:key>/withdraw/", records.withdraw_page, name="withdraw"),
    *register_urls(own.DutyDayRegister, detail=records.day_page),
]
logs = [
    path("<str:key>/remark/", records.remark_page, name="remark"),
    path("<str:key>/signature/", records.log_signature, name="signature"),
    *register_urls(own.SafetyLogRegister, detail=records.log_page),
]
commitments = [
    path("new/", records.commitment_page, name="new"),
    path("<str:key>/breach/", records.breach_page, name="breach"),
    path("<str:key>/paper/", records.commitment_paper, name="paper"),
    *register_urls(own.CommitmentRegister, detail=records.commitment_detail),
]
directors = [
    path("new/", appointments.new_director, name="new"),
    path("<str:key>/end/", partial(appointments.end_page, register=appointments.DIRECTORS), name="end"),
    path("<str:key>/paper/", appointments.paper, name="paper"),
    *register_urls(own.DirectorRegister, detail=appointments.director_page),
]
inspectors = [
    path("new/", appointments.new_inspector, name="new"),
    path("<str:key>/end/", partial(appointments.end_page, register=appointments.INSPECTORS), name="end"),
    *register_urls(own.InspectorRegister, detail=appointments.inspector_page),
]


def read_only(register: type) -> list:
    """A register whose rows have no page but their columns."""
    return register_urls(register, detail=record_page(registry[register.name]))  # type: ignore[attr-defined]


def editions(register: type) -> list:
    return register_urls(register, detail=edition_page(registry[register.name]))  # type: ignore[attr-defined]


urlpatterns = [
    path("m/", include((site, "site_duty"))),
    path("duty/", overview.overview_page, name="duty_overview"),
    path("projects/<str:key>/duty/", of_project.duty_page, name="project_duty"),
    path("duty-days/", include((days, "duty_days"))),
    path("leaves/", include((case_urls(LEAVE_CASE, own.LeaveRegister), "leaves"))),
    path("safety-logs/", include((logs, "safety_logs"))),
    path("commitments/", include((commitments, "commitments"))),
    path("safety-directors/", include((directors, "safety_directors"))),
    path("site-inspectors/", include((inspectors, "site_inspectors"))),
    path("director-needs/", include((read_only(own.DirectorNeeds), "director_needs"))),
    path("site-needs/", include((read_only(own.SiteNeeds), "site_needs"))),
    path("duty-months/", include((read_only(own.DutyMonthRegister), "duty_months"))),
    path("firm-duty-months/", include((read_only(own.FirmDutyMonthRegister), "firm_duty_months"))),
    path("system/duty-terms/", include((editions(own.DutyTermRegister), "duty_terms"))),
    path("system/commitment-wordings/", include((editions(own.WordingRegister), "commitment_wordings"))),
    path("system/safety-log-items/", include((editions(own.LogItemRegister), "safety_log_items"))),
]
