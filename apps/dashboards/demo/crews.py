"""Invented staff of firms: persons with identity numbers that nobody has, and certificates that run out."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.cn import ric

from apps.accounts.models import User
from apps.core.crypto import blind_index
from apps.dashboards.demo.people import Names
from apps.enterprises.models import Enterprise
from apps.people.consenting import wordings_on
from apps.people.identity import masked
from apps.people.models import Answer, AnsweredBy, Certificate, CertificateKind, Consent, Person
from apps.people.services import record_consent

NO_DISTRICT = "130000"
"""The code of the province: identity numbers begin with a county's, so that no such number was ever issued."""
ISSUER = "河北省住房和城乡建设厅"
# Days until a certificate runs out: most have long to go, some are in the warnings at 90, 30 and 7 days, one is late.
LEFT = (900, 720, 540, 400, 200, 60, 20, 5, -12)


@dataclass(frozen=True)
class Trade:
    """What somebody does for a firm, and the certificate that it takes."""

    post: str
    kind: str
    code: str = ""


LEADERS = {
    "safety_director": Trade("企业安全总监", CertificateKind.PRINCIPAL),
    "project_manager": Trade("项目经理", CertificateKind.PROJECT_LEADER),
    "project_safety_officer": Trade("专职安全员", CertificateKind.OFFICER_GENERAL),
}
WORKERS = (
    Trade("专职安全员", CertificateKind.OFFICER_CIVIL),
    Trade("建筑电工", CertificateKind.SPECIAL, "01"),
    Trade("建筑架子工", CertificateKind.SPECIAL, "02"),
    Trade("塔式起重机司机", CertificateKind.SPECIAL, "05"),
    Trade("施工升降机司机", CertificateKind.SPECIAL, "06"),
)


class Crews:
    """Enters persons; one who has an account carries its name."""

    def __init__(self, rng: random.Random, names: Names, today: date) -> None:
        self.rng = rng
        self.names = names
        self.today = today
        self._serial = 0

    def enter_leader(self, firm: Enterprise, user: User) -> Person:
        trade = LEADERS[user.role]
        return self._enter(firm, trade, user.name, user.phone, user)

    def enter_workers(self, firm: Enterprise, count: int) -> None:
        for trade in self.rng.sample(WORKERS, count):
            self._enter(firm, trade, self.names.person(), self.names.phone(), None)

    def enter_worker(self, firm: Enterprise, job: str) -> Person:
        """Somebody without a certificate, for the roster of a site."""
        return self._person(firm, job, self.names.person(), self.names.phone())

    def enter_certified(self, firm: Enterprise, post: str, kind: str) -> Person:
        """Somebody without an account who holds a certificate of this kind."""
        return self._enter(firm, Trade(post, kind), self.names.person(), self.names.phone(), None)

    def _enter(self, firm: Enterprise, trade: Trade, name: str, phone: str, user: User | None) -> Person:
        person = self._person(firm, trade.post, name, phone, user)
        self._certify(person, trade)
        if user:
            self._answer(person, user)
        return person

    def _answer(self, person: Person, user: User) -> None:
        """Who has an account answers for themselves; every third would rather not be known by the face."""
        for wording in wordings_on(self.today):
            wanted = Answer.REFUSED if self._serial % 3 == 0 else Answer.GIVEN
            answer = wanted if wording.rests_on_consent else Answer.TOLD
            told = {"wording": wording, "answer": answer, "how": AnsweredBy.ACCOUNT, "answered_on": self.today}
            record_consent(Consent(person=person, **told), by=user)

    def _person(self, firm: Enterprise, post: str, name: str, phone: str, user: User | None = None) -> Person:
        self._serial += 1
        number = self._identity_number()
        return Person.objects.create(
            name=name,
            employer=firm,
            post=post,
            phone=phone,
            user=user,
            id_number=number,
            id_index=blind_index(number),
            id_masked=masked(number),
        )

    def _identity_number(self) -> str:
        born = date(1968, 1, 1) + timedelta(days=self.rng.randint(0, 11_000))
        body = f"{NO_DISTRICT}{born:%Y%m%d}{self._serial % 1000:03d}"
        return body + ric.calc_check_digit(body + "0")

    def _certify(self, person: Person, trade: Trade) -> None:
        last_day = self.today + timedelta(days=self.rng.choice(LEFT))
        years = 2 if trade.code else 3
        issued = last_day - timedelta(days=365 * years)
        serial = f"{self._serial:06d}"
        number = (
            f"冀A{trade.code}{issued:%Y}{serial}" if trade.code else f"冀建安{trade.kind}（{issued:%Y}）{serial:>07}"
        )
        Certificate.objects.create(
            person=person,
            kind=trade.kind,
            trade=trade.code,
            number=number,
            issued_on=issued,
            valid_until=last_day,
            issuer=ISSUER,
        )
