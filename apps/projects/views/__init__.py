"""Pages about one project; lists are the registers'.  Apps above build their tab's page on `frame`."""

from apps.projects.views.pages import frame

__all__ = ["frame"]
