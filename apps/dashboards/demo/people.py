"""Invented offices, firms and people: deterministic for one seed."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from stdnum.cn import uscc

from apps.accounts.models import Organisation, User
from apps.dashboards.demo import words
from apps.enterprises.models import Enterprise
from apps.regions.models import Region

PASSWORD = "Demo-Hebei-{seed}-safe"  # noqa: S105  (of demonstrations only; production refuses to load them)


class Names:
    """Draws names without repeating one before all have been used."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._persons = self._shuffled(product(words.SURNAMES, words.GIVEN.split("|")))
        self._firms = self._shuffled(product(words.FIRM_PLACES.split("|"), words.FIRM_WORDS.split("|")))
        self._serial = self._permits = 0

    def _shuffled(self, pairs: Any) -> Iterator[str]:
        names = ["".join(pair) for pair in pairs]
        while True:
            self.rng.shuffle(names)
            yield from names

    def person(self) -> str:
        return next(self._persons)

    def firm(self, endings: tuple[str, ...]) -> str:
        return next(self._firms) + self.rng.choice(endings)

    def phone(self) -> str:
        """A number of a block that is kept for fiction here: 1990000 and four digits."""
        self._serial += 1
        return f"1990000{self._serial % 10000:04d}"

    def permit(self, kind: str, today: date) -> dict[str, Any]:
        """Number and validity of a contractor's permit; nobody else has one.  A few have run out."""
        if kind != "contractor":
            return {}
        self._permits += 1
        until = today + timedelta(days=self._permits * 97 % 1060 - 25)
        return {
            "safety_licence": f"（冀）JZ安许证字〔{until.year - 3}〕9{self._permits:05d}",
            "safety_licence_until": until,
        }

    def credit_code(self, region_code: str) -> str:
        """A code with a right check digit and a body that no register has issued (serial behind MADEMO)."""
        self._serial += 1
        digits = region_code if region_code.isdigit() else "130000"
        body = f"91{digits}MADEM{self._serial:04d}"
        return body + uscc.calc_check_digit(body)


class Staff:
    """Makes accounts and remembers them for the accounts file."""

    def __init__(self, names: Names, seed: int) -> None:
        self.names = names
        self.password = PASSWORD.format(seed=seed)
        # Hashed once: every account of the demonstration has the same password.
        self._hash = make_password(self.password)
        self.accounts: list[dict[str, str]] = []
        self._counts: dict[str, int] = {}

    def hire(self, role: str, organisation: Organisation, uscc_code: str = "") -> User:
        number = self._counts[role] = self._counts.get(role, 0) + 1
        user = User.objects.create(
            username=f"{role}-{number}".replace("_", "-"),
            name=self.names.person(),
            phone=self.names.phone(),
            role=role,
            organisation=organisation,
            password=self._hash,
            password_changed_at=timezone.now(),
        )
        self.accounts.append(
            {
                "username": user.username,
                "password": self.password,
                "totp_secret": "",
                "role": role,
                "region": organisation.region.code,
                "enterprise_uscc": uscc_code,
                "name": user.name,
                "organisation": organisation.name,
            }
        )
        return user


def office(kind: str, region: Region, name: str, parent: Organisation | None = None) -> Organisation:
    return Organisation.objects.create(kind=kind, name=name, region=region, region_path=region.path, parent=parent)


def firm(names: Names, region: Region, kind: str, endings: tuple[str, ...], called: str = "") -> Enterprise:
    """One with a drawn name of one of the endings, unless it is told what it is called."""
    organisation = office("enterprise", region, called or names.firm(endings))
    return Enterprise.objects.create(
        organisation=organisation,
        region_path=region.path,
        uscc=names.credit_code(region.code),
        kind=kind,
        legal_representative=names.person(),
        phone=names.phone(),
        **names.permit(kind, timezone.localdate()),
    )
