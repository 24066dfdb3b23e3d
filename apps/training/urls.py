from functools import partial

from django.urls import include, path

from apps.core.cases import move_page
from apps.core.pages import register_urls
from apps.training.presenting import SESSION_CASE
from apps.training.registers import (
    CourseRegister,
    HoursRuleRegister,
    ParticipationRegister,
    PlanRegister,
    SessionRegister,
    TraineeRegister,
)
from apps.training.views import of_others, pages, people, sessions, sign_in

trainings = [
    path("photos/<uuid:key>/<photo_size:size>/", sessions.photo, name="photo"),
    path("files/<uuid:key>/", sessions.paper, name="file"),
    path("<str:key>/people/", people.people_page, name="people"),
    path("<str:key>/roll/", people.roll_page, name="roll"),
    path("<str:key>/code/", sessions.code_page, name="code"),
    path("<str:key>/evidence/", sessions.evidence_page, name="evidence"),
    path("<str:key>/make-up/", sessions.make_up_page, name="make_up"),
    *register_urls(SessionRegister, detail=sessions.session_page),
    path("<str:key>/<slug:move>/", partial(move_page, case=SESSION_CASE), name="move"),
]
courses = register_urls(CourseRegister, detail=pages.course_page)
plans = register_urls(PlanRegister, detail=pages.plan_page)
participations = register_urls(ParticipationRegister, detail=pages.participation_page)
trainees = register_urls(TraineeRegister, detail=pages.trainee_page)
rules = register_urls(HoursRuleRegister, detail=pages.rule_page)

urlpatterns = [
    path("training/courses/", include((courses, "courses"))),
    path("training/plans/", include((plans, "training_plans"))),
    path("training/participations/", include((participations, "participations"))),
    path("training/people/", include((trainees, "trainees"))),
    # Last, for its addresses begin with a number.
    path("training/", include((trainings, "trainings"))),
    path("m/training/scan/", sign_in.scan_page, name="training_scan"),
    path("m/training/sign-in/<str:token>/", sign_in.sign_in_page, name="training_sign_in"),
    path("system/hours-rules/", include((rules, "hours_rules"))),
    path("projects/<str:key>/training/", of_others.project_page, name="project_training"),
    path("people/<str:key>/training/", of_others.person_page, name="person_training"),
]
