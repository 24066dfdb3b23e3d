"""Records for tests: believable, clearly fictional, each valid by itself.

Accounts and authorities come from `tests.personas`; these build what stands on the ground.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory
from stdnum.cn import ric, uscc

from apps.accounts.models import Organisation, OrganisationKind, User
from apps.core.crypto import blind_index
from apps.enterprises.models import Enterprise, EnterpriseKind
from apps.people.identity import masked
from apps.people.models import Certificate, CertificateKind, Person
from apps.projects.dangerous import classify
from apps.projects.models import (
    DangerousWork,
    PartyRole,
    Post,
    Project,
    ProjectKind,
    ProjectMember,
    ProjectParty,
    Stage,
    Structure,
)
from tests import personas

FIRM_NAMES = ("燕山远图", "滹沱安固", "太行筑远", "白洋淀恒建", "坝上云岭", "渤海新川", "冀中平野", "赵州桥艺")
FIRM_WORDS = {
    EnterpriseKind.CONTRACTOR: "建工有限公司",
    EnterpriseKind.SUPERVISION: "工程监理有限公司",
    EnterpriseKind.OWNER: "置业有限公司",
}
SURNAMES = ("韩", "孙", "赵", "高", "张", "李", "王", "刘", "陈", "冯")
GIVEN_NAMES = ("志强", "立平", "晓东", "建国", "海燕", "文博", "雪松", "永红", "春明", "思远")
SITE_NAMES = ("滨河雅居", "云栖学府", "丰泽广场", "锦绣家园", "东城中学", "裕丰厂房", "康宁医院", "滏阳里")


def credit_code(number: int) -> str:
    """A code with the right check digit, of a number range that no register uses."""
    body = f"9113010{0}MA{number:07d}"
    return body + uscc.calc_check_digit(body)


def identity_number(number: int) -> str:
    """A number with the right check digit; born in 1980, in the order of the sequence."""
    born = date(1980, 1, 1) + timedelta(days=number // 1000 % 365)
    body = f"130102{born:%Y%m%d}{number % 1000:03d}"
    return body + ric.calc_check_digit(f"{body}0")


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    class Params:
        at = personas.CHANGAN

    kind = OrganisationKind.ENTERPRISE
    name = factory.Sequence(lambda n: f"{FIRM_NAMES[n % len(FIRM_NAMES)]}第{n}建工有限公司")
    region = factory.LazyAttribute(lambda o: personas.region(o.at))
    region_path = factory.SelfAttribute("region.path")


class UserFactory(DjangoModelFactory):
    """UserFactory(role="inspector", at="130102"), UserFactory(role="safety_director", enterprise=firm)."""

    class Meta:
        model = User

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        role = kwargs.pop("role", "inspector")
        if enterprise := kwargs.pop("enterprise", None):
            kwargs["organisation"] = enterprise.organisation
        return personas.persona(role, **kwargs)


class EnterpriseFactory(DjangoModelFactory):
    """EnterpriseFactory(at="130203", organisation__name="…", kind="supervision")."""

    class Meta:
        model = Enterprise

    class Params:
        at = personas.CHANGAN

    kind = EnterpriseKind.CONTRACTOR
    organisation = factory.SubFactory(
        OrganisationFactory,
        at=factory.SelfAttribute("..at"),
        name=factory.LazyAttributeSequence(
            lambda o, n: f"{FIRM_NAMES[n % len(FIRM_NAMES)]}第{n}{FIRM_WORDS.get(o.factory_parent.kind, '有限公司')}"
        ),
    )
    region_path = factory.SelfAttribute("organisation.region_path")
    uscc = factory.Sequence(credit_code)
    legal_representative = factory.Sequence(lambda n: SURNAMES[n % 10] + GIVEN_NAMES[n % 7])
    qualification = "建筑工程施工总承包壹级"
    safety_licence = factory.Sequence(lambda n: f"（冀）JZ安许证字〔2024〕{n:06d}")
    safety_licence_until = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=400))
    phone = factory.Sequence(lambda n: f"0311-0000{n:04d}")
    address = "示例路1号"


class PersonFactory(DjangoModelFactory):
    """PersonFactory(number="11010519491231002X") sets the encrypted number with its index and mask."""

    class Meta:
        model = Person

    class Params:
        number = factory.Sequence(identity_number)

    name = factory.Sequence(lambda n: SURNAMES[n % 10] + GIVEN_NAMES[n // 10 % 10])
    employer = factory.SubFactory(EnterpriseFactory)
    id_number = factory.SelfAttribute("number")
    id_index = factory.LazyAttribute(lambda o: blind_index(o.number) if o.number else None)
    id_masked = factory.LazyAttribute(lambda o: masked(o.number))
    phone = factory.Sequence(lambda n: f"1390000{n:04d}")
    post = "专职安全员"


class CertificateFactory(DjangoModelFactory):
    class Meta:
        model = Certificate

    person = factory.SubFactory(PersonFactory)
    kind = CertificateKind.OFFICER_GENERAL
    number = factory.Sequence(lambda n: f"冀建安C3（2024）{n:07d}")
    issued_on = factory.LazyAttribute(lambda o: o.valid_until - timedelta(days=3 * 365))
    valid_until = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=365))
    issuer = "河北省住房和城乡建设厅"


class ProjectFactory(DjangoModelFactory):
    """ProjectFactory(at="130104", contractor=firm, owner=firm2, supervision=firm3).

    With a contractor, the party row stands too; without one, the project is not yet let.
    """

    class Meta:
        model = Project
        skip_postgeneration_save = True

    class Params:
        at = personas.CHANGAN
        contractor = None

    number = factory.LazyAttributeSequence(lambda o, n: f"{o.region.code}2603{n % 28 + 1:02d}01{n % 100:02d}-{n}")
    name = factory.Sequence(lambda n: f"{SITE_NAMES[n % len(SITE_NAMES)]}{n}期工程")
    region = factory.LazyAttribute(lambda o: personas.region(o.at))
    region_path = factory.SelfAttribute("region.path")
    enterprise = factory.SelfAttribute("contractor")
    stage = Stage.STRUCTURE
    kind = ProjectKind.RESIDENTIAL
    structure = Structure.SHEAR_WALL
    area_m2 = 32000
    contract_amount = 9800
    address = "示例大街88号"
    started_on = date(2026, 3, 1)
    planned_end = date(2028, 6, 30)
    longitude = Decimal("114.539400")
    latitude = Decimal("38.036300")

    @factory.post_generation
    def parties(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and self.enterprise:
            PartyFactory(project=self, enterprise=self.enterprise)

    @factory.post_generation
    def owner(self: Any, create: bool, extracted: Enterprise | None, **kwargs: Any) -> None:
        if create and extracted:
            PartyFactory(project=self, enterprise=extracted, role=PartyRole.OWNER)

    @factory.post_generation
    def supervision(self: Any, create: bool, extracted: Enterprise | None, **kwargs: Any) -> None:
        if create and extracted:
            PartyFactory(project=self, enterprise=extracted, role=PartyRole.SUPERVISION_FIRM)


class PartyFactory(DjangoModelFactory):
    class Meta:
        model = ProjectParty

    project = factory.SubFactory(ProjectFactory)
    enterprise = factory.SubFactory(EnterpriseFactory)
    role = PartyRole.GENERAL_CONTRACTOR
    leader = factory.Sequence(lambda n: SURNAMES[n % 10] + GIVEN_NAMES[n % 9])
    phone = factory.Sequence(lambda n: f"1380000{n:04d}")
    started_on = date(2026, 3, 1)


class MemberFactory(DjangoModelFactory):
    """MemberFactory(project=…, user=…) or person=…; an account that holds a post reaches the project."""

    class Meta:
        model = ProjectMember

    project = factory.SubFactory(ProjectFactory)
    post = Post.PROJECT_MANAGER
    started_on = date(2026, 3, 1)


class DangerousWorkFactory(DjangoModelFactory):
    """DangerousWorkFactory(category="pit", parameters={"excavation_depth": 6}); the class follows by itself."""

    class Meta:
        model = DangerousWork

    project = factory.SubFactory(ProjectFactory)
    category = "pit"
    name = factory.Sequence(lambda n: f"{n + 1}号楼基坑")
    place = "1号楼"
    parameters = factory.LazyFunction(lambda: {"excavation_depth": 6.5})
    is_dangerous = factory.LazyAttribute(lambda o: classify(o.category, o.parameters).is_dangerous)
    is_super = factory.LazyAttribute(lambda o: classify(o.category, o.parameters).is_super)
    criterion = factory.LazyAttribute(lambda o: "\n".join(classify(o.category, o.parameters).reasons))
