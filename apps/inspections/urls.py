from apps.inspections import urls_draw

urlpatterns = [*urls_draw.urlpatterns]
