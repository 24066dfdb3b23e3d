from django.urls import include, path

from apps.core.pages import register_urls
from apps.roster.registers import AttendanceRegister, EngagementRegister, FaultRegister
from apps.roster.views import of_project, pages

roster = register_urls(EngagementRegister, detail=pages.engagement_page)
attendance = register_urls(AttendanceRegister, detail=pages.attendance_page)
faults = [
    path("<str:key>/set-aside/", pages.set_aside_page, name="set_aside"),
    *register_urls(FaultRegister, detail=pages.fault_page),
]
urlpatterns = [
    path("roster/", include((roster, "roster"))),
    path("attendance/", include((attendance, "attendance"))),
    path("attendance-faults/", include((faults, "attendance_faults"))),
    path("projects/<str:key>/roster/", of_project.roster_page, name="project_roster"),
    path("projects/<str:key>/roster/devices/new/", of_project.device_page, name="new_device"),
    path("projects/<str:key>/roster/devices/<int:device_id>/", of_project.device_switch, name="switch_device"),
]
