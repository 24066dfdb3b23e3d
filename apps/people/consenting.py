"""How a person stands to each purpose for which their data are used, and what they may still be asked."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.people.models import Answer, AnsweredBy, Consent, ConsentWording, Person

TONES = {Answer.GIVEN: "green", Answer.TOLD: "green", Answer.REFUSED: "grey", Answer.WITHDRAWN: "grey"}


@dataclass(frozen=True)
class Standing:
    """One purpose: the wording of today, and the last answer to any wording of it that rests on the same."""

    wording: ConsentWording
    last: Consent | None

    @property
    def basis_words(self) -> str:
        return "以本人同意为依据" if self.wording.rests_on_consent else "以法律规定为依据，无需同意"

    @property
    def words(self) -> str:
        if self.last is None:
            return "未征求意见" if self.wording.rests_on_consent else "未告知"
        return self.last.get_answer_display()

    @property
    def tone(self) -> str:
        return TONES[Answer(self.last.answer)] if self.last else "orange"

    @property
    def is_outdated(self) -> bool:
        """Whether the text has changed since."""
        return self.last is not None and self.last.wording_id != self.wording.pk


def answers_to(wording: ConsentWording, last: Consent | None) -> list[Answer]:
    if not wording.rests_on_consent:
        return [Answer.TOLD]
    if last is not None and last.answer == Answer.GIVEN:
        return [Answer.GIVEN, Answer.WITHDRAWN]
    return [Answer.GIVEN, Answer.REFUSED]


def wordings_on(day: date) -> list[ConsentWording]:
    wordings: Any = ConsentWording.objects.in_force(day)
    return sorted(wordings, key=lambda wording: (wording.rests_on_consent, wording.purpose))


def last_answer(person: Person, purpose: str) -> Consent | None:
    return person.consents.filter(wording__purpose=purpose).select_related("wording").first()


def standings(person: Person, today: date) -> list[Standing]:
    """Law's purposes first, then those that the person decides; having been told of something is no consent to it."""
    last: dict[tuple[str, bool], Consent] = {}
    for consent in person.consents.select_related("wording", "by"):
        last.setdefault((consent.wording.purpose, consent.answer == Answer.TOLD), consent)
    return [Standing(one, last.get((one.purpose, not one.rests_on_consent))) for one in wordings_on(today)]


def way_of(person: Person, user: Any) -> AnsweredBy | None:
    """How this user may record an answer: their own by their account, that of others from signed paper, or not."""
    if person.pseudonymised_at:
        return None
    if person.user_id is not None and person.user_id == user.pk:
        return AnsweredBy.ACCOUNT
    return AnsweredBy.PAPER if user.has_perm("people.change_person") else None
