"""Addresses of plans, campaigns, libraries, assignment, publication and reports."""

from functools import partial

from django.urls import include, path

from apps.core.cases import case_urls
from apps.core.pages import register_urls
from apps.core.record_page import record_page
from apps.core.registers import registry
from apps.inspections.presenting.plans import CAMPAIGN_CASE, PLAN_CASE
from apps.inspections.public import results
from apps.inspections.registers.findings import FindingRegister
from apps.inspections.registers.libraries import InspectorRegister, MatterRegister, RiskClassRegister
from apps.inspections.registers.objects import ObjectRegister
from apps.inspections.registers.plans import CampaignRegister, PlanRegister
from apps.inspections.registers.second_looks import SecondLookRegister
from apps.inspections.views import findings, libraries, planning, plans, publication, reports

campaigns = [
    path("<str:key>/quotas/", plans.quotas_page, name="quotas"),
    path("<str:key>/progress/", plans.progress_page, name="progress"),
    path("<str:key>/zero-report/", plans.zero_report_page, name="zero_report"),
    *case_urls(CAMPAIGN_CASE, CampaignRegister),
]
inspectors = [
    *(
        line
        for part in libraries.PARTS
        for line in (
            path(f"<str:key>/{part}/new/", partial(libraries.part_page, part=part), name=f"new_{part}"),
            path(f"<str:key>/{part}/<int:part_id>/", partial(libraries.part_page, part=part), name=part),
        )
    ),
    *register_urls(InspectorRegister, detail=libraries.inspector_page),
]
matters = register_urls(MatterRegister, detail=libraries.matter_page)
risk_classes = register_urls(RiskClassRegister, detail=libraries.risk_class_page)
objects = register_urls(ObjectRegister, detail=libraries.object_page)
found = register_urls(FindingRegister, detail=findings.finding_page)
looked = register_urls(SecondLookRegister, detail=record_page(registry[SecondLookRegister.name]))

urlpatterns = [
    path("inspections/plans/", include((case_urls(PLAN_CASE, PlanRegister), "inspection_plans"))),
    path("inspections/campaigns/", include((campaigns, "campaigns"))),
    path("inspections/matters/", include((matters, "matters"))),
    path("inspections/risk-classes/", include((risk_classes, "risk_classes"))),
    path("inspections/inspectors/", include((inspectors, "inspectors"))),
    path("inspections/objects/", include((objects, "inspection_objects"))),
    path("inspections/findings/", include((found, "visit_findings"))),
    path("inspections/second-looks/", include((looked, "visit_second_looks"))),
    path("inspections/planning/", planning.planning_page, name="visit_planning"),
    path("inspections/follow-ups/", planning.follow_ups_page, name="follow_ups"),
    path("inspections/calendar/", planning.calendar_page, name="inspection_calendar"),
    path("inspections/load/", planning.load_page, name="inspection_load"),
    path("inspections/route/", planning.route_page, name="inspection_route"),
    path("inspections/reports/", reports.reports_page, name="inspection_reports"),
    path("inspections/reports/<slug:table>/export/", reports.export, name="inspection_report_export"),
    path("inspections/<str:key>/follow-up/", planning.follow_up, name="follow_up"),
    path("inspections/<str:key>/reassign/", planning.reassign_page, name="visit_reassignment"),
    path("inspections/<str:key>/correction/", publication.correction_page, name="visit_correction"),
    path("public/inspections/plans/", results.plans_page, name="public_inspection_plans"),
    path("public/inspections/plans/<int:number>/", results.plan_page, name="public_inspection_plan"),
    path("public/inspections/results/", results.results_page, name="public_inspection_results"),
    path("public/inspections/results/<str:number>/", results.result_page, name="public_inspection_result"),
]
