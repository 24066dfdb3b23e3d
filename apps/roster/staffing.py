"""How many full-time safety officers a site must have, and who of them counts.

《建筑施工企业安全生产管理机构设置及专职安全生产管理人员配备办法》（建质〔2008〕91号）第十三条、第十四条: by area for
buildings, by contract price for civil works, by headcount for labour subcontractors.  Read for the general contractor;
what a site has that is neither is told as unknown, not as none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.people.models import OFFICERS, Certificate, CertificateKind
from apps.projects.models import Post, Project, ProjectKind, ProjectMember
from apps.roster.models import Engagement, WorkerClass

BASIS = "建质〔2008〕91号"
CIVIL = (ProjectKind.MUNICIPAL, ProjectKind.RAIL)
# From this size on, so many; sizes are square metres, ten thousand yuan, and people.
BY_AREA = ((Decimal(0), 1), (Decimal(10_000), 2), (Decimal(50_000), 3))
BY_PRICE = ((Decimal(0), 1), (Decimal(5_000), 2), (Decimal(10_000), 3))
MANY_WORKERS, PER_MANY = 200, 200  # 200 and more: three and not fewer than 5 ‰


@dataclass(frozen=True)
class Need:
    """One post of a site: how many it must have and has, and by which measure; None is a measure nobody knows."""

    label: str
    required: int | None
    have: int
    measure: str
    basis: str
    note: str = ""

    @property
    def missing(self) -> int:
        return max(0, (self.required or 0) - self.have)

    @property
    def missing_words(self) -> str:
        return f"缺{self.missing}人"


Source = Callable[[Project, date], list[Need]]
SOURCES: list[Source] = []


def states_needs(source: Source) -> Source:
    """Registers further posts that a site must have; apps above add theirs when they are ready."""
    SOURCES.append(source)
    return source


def further_needs(project: Project, today: date) -> list[Need]:
    """What other apps ask of a site."""
    return [need for source in SOURCES for need in source(project, today)]


def step(ladder: tuple[tuple[Decimal, int], ...], size: Decimal) -> int:
    return max(count for least, count in ladder if size >= least)


def officers_required(project: Project) -> tuple[int | None, str]:
    """How many the general contractor needs, and why."""
    if project.kind in CIVIL:
        price = project.contract_amount
        return (
            (None, "未登记合同价格") if price is None else (step(BY_PRICE, price), f"合同价格{price.normalize():f}万元")
        )
    area = project.area_m2
    return (None, "未登记建筑面积") if area is None else (step(BY_AREA, area), f"建筑面积{area.normalize():f}㎡")


def officers_of_labour(headcount: int) -> int:
    """How many a labour subcontractor needs for so many people on the site."""
    if headcount >= MANY_WORKERS:
        return max(3, -(-headcount // PER_MANY))
    return 1 if headcount < 50 else 2


def needs(project: Project, today: date) -> list[Need]:
    """The posts of a site with what is missing in each; who has no certificate in force does not count."""
    required, measure = officers_required(project)
    return [
        Need(
            "项目经理（B类证书）",
            1,
            certified(project, today, Post.PROJECT_MANAGER, (CertificateKind.PROJECT_LEADER,)),
            "每个项目",
            "住建部令第17号",
        ),
        Need(
            "专职安全员（C类证书）",
            required,
            certified(project, today, Post.PROJECT_SAFETY_OFFICER, OFFICERS),
            measure,
            BASIS,
        ),
        Need(
            "总监理工程师",
            1,
            posted(project, today, Post.SUPERVISING_ENGINEER),
            "每个项目",
            "《建设工程监理规范》GB/T 50319",
            supervises_elsewhere(project, today),
        ),
    ]


def supervises_elsewhere(project: Project, today: date) -> str:
    """Of the site's chief engineers the most projects that one supervises; several need the owner's written consent."""
    posts = ProjectMember.objects.current(today).filter(post=Post.SUPERVISING_ENGINEER)
    here = posts.filter(project=project).values("person")
    counted = posts.filter(person__in=here).order_by().values("person").annotate(n=Count("project", distinct=True))
    most = max(counted.values_list("n", flat=True), default=0)
    return f"现任总监同时任{most}个项目，须经各建设单位书面同意" if most > 1 else ""


def posted(project: Project, today: date, post: str) -> int:
    return project.members.current(today).filter(post=post).count()


def certified(project: Project, today: date, post: str, kinds: tuple[str, ...]) -> int:
    """Those in this post who hold one of these certificates today."""
    return project.members.current(today).filter(post=post, person__in=holders(today, kinds)).count()


def holders(today: date, kinds: tuple[str, ...]) -> QuerySet:
    return Certificate.objects.in_force(today).filter(kind__in=kinds).values("person")


def labour_needs(project: Project, user: Any, today: date) -> list[Need]:
    """Each employing firm but the general contractor: the officers it owes for its people on site, and has."""
    present = Engagement.objects.visible_to(user).filter(project=project, left_on=None)
    others = present.exclude(employer=project.enterprise_id).order_by()
    is_officer = Q(worker_class=WorkerClass.SAFETY_OFFICER, person__in=holders(today, OFFICERS))
    counted = others.values_list("employer__organisation__name").annotate(
        people=Count("pk"), officers=Count("pk", filter=is_officer)
    )
    return [
        Need(f"{name} 专职安全员（C类证书）", officers_of_labour(people), have, f"在场{people}人", BASIS)
        for name, people, have in counted.order_by("employer__organisation__name")
    ]
