from apps.inspections import urls_phone

urlpatterns = [*urls_phone.urlpatterns]
