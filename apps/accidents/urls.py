from django.urls import include, path

from apps.accidents.presenting import ACCIDENT_CASE
from apps.accidents.registers import AccidentRegister
from apps.accidents.views import report_page
from apps.core.cases import case_urls

accidents = [path("new/", report_page, name="new"), *case_urls(ACCIDENT_CASE, AccidentRegister)]
urlpatterns = [path("accidents/", include((accidents, "accidents")))]
