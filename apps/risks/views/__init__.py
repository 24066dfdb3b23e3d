"""Pages of risk points: one of them, those of a project with its notice, colours by region, the rules."""

from apps.risks.views import of_project, overview, pages, rules

__all__ = ["of_project", "overview", "pages", "rules"]
