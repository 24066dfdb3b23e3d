"""Pages of the ledger for a county, a city and the province, against a view that only knows who asks."""

import http.client
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import QueryDict
from django.test import Client

from apps.accounts.models import User
from apps.core.listing import Listing
from apps.core.registers import registry
from apps.dashboards.bench.measuring import Cost, ask, by_turns, percentile, queries_of, typical
from apps.dashboards.bench.report import Report
from apps.dashboards.bench.server import running_server

BARE = "/bench/bare/"
PAGES = {
    "open, first page": "/hazards/?size=50",
    "all, newest first": "/hazards/?view=all&size=50",
    "all, deepest page": "/hazards/?view=all&size=50&page=-1",
    "all, by deadline": "/hazards/?view=all&sort=deadline&size=50",
    "filtered by grade and state": "/hazards/?grade=ordinary&state=closed&size=50",
    "API page": "/api/hazards/?size=50",
    "workbench": "/",
    "statistics": "/stats/",
}
LISTS = ("open, first page", "all, newest first", "all, by deadline", "filtered by grade and state")
DEEP, SHALLOW = "all, deepest page", "all, newest first"
CROWDED = "/hazards/"
CLIENTS, PAGES_PER_CLIENT = 20, 45


@dataclass(frozen=True)
class Read:
    """A page, and the bare view by turns with it."""

    page: Cost
    bare: Cost

    @property
    def ratio(self) -> float:
        return self.page.cpu_s / self.bare.cpu_s


Costs = dict[tuple[str, str], Read]


def fetch(client: Client, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)  # noqa: S101
    answer.getvalue()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def measure(report: Report, readers: dict[str, User], before: Costs | None = None) -> Costs:
    """Each page for each reader; `before` holds the costs of a smaller ledger in the same run."""
    costs: Costs = {}
    for reach, user in readers.items():
        client = signed_in(user)
        report.section(f"Pages: {reach}")
        for name, url in PAGES.items():
            read = costs[reach, name] = Read(*by_turns(partial(fetch, client, url), partial(fetch, client, BARE)))
            page = read.page
            told = f"{page.cpu_ms:.1f} ms, of it {page.database_ms:.1f} in the database; {page.queries} queries"
            told += f"; bare view {read.bare.cpu_ms:.2f} ms"
            report.add(f"{name} / bare view", read.ratio, "×", most=8 if name in LISTS else None, note=told)
        limits(report, costs, reach, user, before)
    return costs


def limits(report: Report, costs: Costs, reach: str, user: User, before: Costs | None) -> None:
    """What the issue asks of a list beside its cost: queries, depth, growth; and its SQL alone."""
    most = max(costs[reach, name].page.queries for name in (*LISTS, DEEP))
    report.add("queries of the most asking list", most, most=8)
    deep = costs[reach, DEEP].ratio / costs[reach, SHALLOW].ratio
    report.add("deepest / first page", deep, "×", most=1.5)
    plain = rows_alone(user)
    report.add("rows of the first page, SQL alone", plain.database_ms, "ms")
    if before:
        for name in LISTS:
            grown = costs[reach, name].ratio / before[reach, name].ratio
            report.add(f"{name}: cost / cost at a tenth of the rows", grown, "×", most=1.25)


def rows_alone(user: User) -> Cost:
    """The query of the first page's rows, sent again as text."""

    def rows() -> None:
        listing = Listing(registry["hazards"], user, QueryDict("view=all&size=50"))
        listing.fetch(listing.sorted[: listing.size])

    queries = queries_of(rows)
    return typical(lambda: ask(queries))


# Many at once ---------------------------------------------------------------------------------------------------------


def crowd(report: Report, readers: Mapping[str, Sequence[User]]) -> None:
    """Twenty clients who ask without a pause, against the web server with its usual two processes."""
    report.section(f"{CLIENTS} clients at once, without pauses, first page of the open hazards")
    with running_server() as port:
        for reach, users in readers.items():
            cookies = [cookie_of(users[n % len(users)]) for n in range(CLIENTS)]
            asked(port, cookies, pages=2)  # every process has loaded what it needs
            began = time.perf_counter()
            waits = asked(port, cookies, pages=PAGES_PER_CLIENT)
            rate = len(waits) / (time.perf_counter() - began)
            report.add(f"{reach}: median", percentile(waits, 50) * 1000, "ms", note=f"{rate:.0f} pages a second")
            report.add(f"{reach}: p95", percentile(waits, 95) * 1000, "ms", most=300)


def cookie_of(user: User) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in signed_in(user).cookies.items())


def asked(port: int, cookies: Sequence[str], *, pages: int) -> list[float]:
    """The seconds each page took, for all clients together."""
    waits: list[float] = []
    clients = [threading.Thread(target=browse, args=(port, cookie, pages, waits)) for cookie in cookies]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert len(waits) == pages * len(cookies), "a client was turned away"  # noqa: S101
    return waits


def browse(port: int, cookie: str, pages: int, waits: list[float]) -> None:
    """A connection for each page: behind nginx too no client keeps a process for itself."""
    headers = {"Cookie": cookie, "Connection": "close"}
    for _ in range(pages):
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", CROWDED, headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status == 200:
            waits.append(time.perf_counter() - began)


def readers_of(accounts: Sequence[dict[str, Any]], county: str, city: str) -> dict[str, list[User]]:
    """People who see a county, a city and the province; the first of each is measured alone."""

    def named(role: str, region: str) -> list[User]:
        names = [a["username"] for a in accounts if a["role"] == role and a["region"].startswith(region)]
        return list(User.objects.filter(username__in=names).order_by("pk"))

    county_people = sorted(named("inspector", ""), key=lambda user: user.organisation.region.code != county)
    city_people = sorted(named("city_officer", ""), key=lambda user: user.organisation.region.code != city)
    return {"county": county_people, "city": city_people, "province": named("province_officer", "")}
