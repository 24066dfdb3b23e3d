from functools import partial

from django.urls import include, path

from apps.core.cases import move_page
from apps.core.pages import register_urls
from apps.exams.presenting import EXAM_CASE
from apps.exams.registers import AttemptRegister, ExamRegister, QuestionRegister
from apps.exams.views import kiosk, pages, taking

questions = register_urls(QuestionRegister, detail=pages.question_page)
exams = [
    path("new/", pages.edit_page, name="new"),
    path("<str:key>/edit/", pages.edit_page, name="edit"),
    path("<str:key>/results/", pages.results_page, name="results"),
    path("<str:key>/kiosk/", pages.kiosk_page, name="kiosk"),
    *register_urls(ExamRegister, detail=pages.exam_page),
    path("<str:key>/<slug:move>/", partial(move_page, case=EXAM_CASE), name="move"),
]
attempts = register_urls(AttemptRegister, detail=pages.attempt_page)
desk = [
    path("", taking.home_page, name="home"),
    path("<int:key>/", taking.sit_page, name="sit"),
]
urlpatterns = [
    path("questions/", include((questions, "questions"))),
    path("exams/", include((exams, "exams"))),
    path("exam-attempts/", include((attempts, "attempts"))),
    path("m/exams/", include((desk, "exam_desk"))),
    path("m/exams/kiosk/<str:token>/", kiosk.kiosk_page, name="exam_kiosk"),
]
