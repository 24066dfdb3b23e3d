"""Everything under /api/: what each app's api.py offers, and reading for every other register.

An api.py may hold `VIEWSETS`, by the name of the register, and `urlpatterns` for what is no register.
"""

from importlib import import_module

from django.apps import apps
from django.urls import URLPattern, URLResolver, path
from django.utils.module_loading import module_has_submodule
from rest_framework.routers import SimpleRouter

from apps.core.api.schema_view import SchemaView
from apps.core.api.viewsets import RegisterViewSet, register_viewset
from apps.core.registers import registry

modules = [
    import_module(f"{config.name}.api")
    for config in apps.get_app_configs()
    if config.module and config.name.startswith("apps.") and module_has_submodule(config.module, "api")
]
viewsets: dict[str, type[RegisterViewSet]] = {}
urlpatterns: list[URLPattern | URLResolver] = [path("schema/", SchemaView.as_view(), name="schema")]
for module in modules:
    viewsets |= getattr(module, "VIEWSETS", {})
    urlpatterns += getattr(module, "urlpatterns", [])

router = SimpleRouter()
for name, register in registry.items():
    router.register(name, viewsets.get(name) or register_viewset(register, RegisterViewSet), f"api-{name}")
urlpatterns += router.urls
