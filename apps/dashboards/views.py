"""The workbench, the one search box, and the pages that say how things work."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.dashboards import duties, finding, selectors, todos
from apps.dashboards.menu import menu_for

SCALES = ("", "large", "larger")


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The workbench: figures, what waits, what falls due, the gravest hazards; or the ledgers one keeps."""
    user: Any = request.user
    today = timezone.localdate()
    sees_hazards = user.has_perm("hazards.view_hazard")
    keeps_ledgers = user.role_definition.side == "system" or not sees_hazards
    context: dict[str, Any] = {
        "today": today,
        "greeting": greeting(timezone.localtime().hour),
        "cards": selectors.cards(user) if keeps_ledgers else [],
        "news": lambda: selectors.unread_news(user),
    }
    if sees_hazards:
        counts = selectors.workbench_counts(user, today)
        waiting = counts["todo"] + duties.sum_of_duties(user, counts)
        context |= todo_context(user, today, request.GET.get("tab", ""), counts) | {
            "menu": menu_for(user, request.path, counts | {"todo": waiting}),
            "duties": duties.shown_duties(user, counts),
            "figures": selectors.figures(user, today, counts),
            "agenda": selectors.agenda(user, today),
            "majors": [(h, todos.days_left(h, today) is not None) for h in selectors.major_hazards(user)],
            "risks": selectors.waiting_risks(user),
            "areas": selectors.overdue_by_area(user, today),
        }
    return render(request, "dashboards/home.html", context)


def todo_context(user: Any, today: date, tab: str, counts: dict[str, int]) -> dict[str, Any]:
    """To-dos by kind; who has none, today or by their role, sees what is under way."""
    if not counts["todo"]:
        watched = [todos.as_watched(hazard, today) for hazard in selectors.open_hazards(user, todos.TODO_SHOWN)]
        is_done = bool(todos.kinds_of(user)) and not duties.sum_of_duties(user, counts)
        return {"todos": watched, "is_watching": True, "is_done": is_done}
    tab = tab if tab in {kind.name for kind in todos.kinds_of(user)} else ""
    return {
        "tabs": tabs(user, counts, tab),
        "todos": [todos.as_todo(hazard, today) for hazard in todos.first_todos(user, tab)],
        "total": counts[tab or "todo"],
    }


def greeting(hour: int) -> str:
    return "上午好" if 5 <= hour < 12 else "下午好" if 12 <= hour < 18 else "晚上好"


def tabs(user: Any, counts: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    """Only kinds that hold something, and the one being looked at."""
    kinds = [k for k in todos.kinds_of(user) if counts[k.name] or k.name == chosen]
    listed = [
        {
            "label": k.label,
            "url": f"?tab={k.name}",
            "count": counts[k.name],
            "hot": k.tone == "red",
            "current": k.name == chosen,
        }
        for k in kinds
    ]
    return [{"label": "全部待办", "url": "?", "count": counts["todo"], "current": not chosen}, *listed]


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """One box over the registers, each through its own scope; a number leads straight to its record."""
    q = finding.typed(request.GET.get("q", ""))
    if q and (address := finding.address_of_number(request.user, q)):
        return redirect(address)
    found = finding.groups(request.user, q) if q else []
    return render(request, "core/search.html", {"q": q, "groups": found, "one_character": len(q) == 1})


@require_GET
def menu(request: HttpRequest) -> HttpResponse:
    """The whole menu as a page: what 更多 opens on a phone, without JavaScript too."""
    return render(request, "core/menu.html")


@require_GET
@login_not_required
def help_page(request: HttpRequest, page: str = "index") -> HttpResponse:
    return render(request, f"help/{page}.html")


@require_http_methods(["GET", "POST"])
@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    """Larger type, kept in a cookie, and what the platform promises to those who need it."""
    if request.method == "POST" and (scale := request.POST.get("font_scale", "")) in SCALES:
        response = redirect("dashboards:accessibility")
        response.set_cookie("font_scale", scale, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
        return response
    return render(request, "help/accessibility.html")
