"""What in a text looks as if it identified somebody, as pure functions.

Only patterns that seldom mean anything else: a warning that cries wolf is ticked away unread. Names are not
among them. Nothing here decides; the author looks again.

A text is read as a person sees it: without signs that no one sees, in plain letters and figures, with single
blanks and hyphens, wherever they were copied from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from app.core.screening.patterns import (
    ADDRESS,
    BIRTH,
    DATE,
    DEATH,
    EMAIL,
    EXACT_AGE,
    PHONE,
    POSTCODE,
    TEN_FIGURES,
)
from app.core.screening.seeing import as_seen


class Kind(StrEnum):
    """What a finding looks like."""

    NHS_NUMBER = "nhs_number"
    BIRTH_DATE = "birth_date"
    DEATH_DATE = "death_date"
    EXACT_AGE = "exact_age"
    POSTCODE = "postcode"
    ADDRESS = "address"
    PHONE = "phone"
    EMAIL = "email"

    @property
    def words(self) -> str:
        """What it looks like, for example "an NHS number"."""
        return _WORDS[self]


_WORDS = {
    Kind.NHS_NUMBER: "an NHS number",
    Kind.BIRTH_DATE: "a date of birth",
    Kind.DEATH_DATE: "a date of death",
    Kind.EXACT_AGE: "an exact age",
    Kind.POSTCODE: "a postcode",
    Kind.ADDRESS: "a street address",
    Kind.PHONE: "a phone number",
    Kind.EMAIL: "an e-mail address",
}

#: How many characters a birth word may stand before or after the date it belongs to.
_NEAR_BEFORE, _NEAR_AFTER = 40, 20
#: How much of the text around a finding is quoted with it.
_AROUND = 24


@dataclass(frozen=True)
class Finding:
    """One place in a text that looks as if it identified somebody."""

    kind: Kind
    start: int
    end: int

    def quoted(self, text: str) -> str:
        """The words of the text, with a little of what stands around them."""
        first, last = max(0, self.start - _AROUND), min(len(text), self.end + _AROUND)
        words = " ".join(text[first:last].split())
        return f"{'…' if first else ''}{words}{'…' if last < len(text) else ''}"


def find(text: str) -> list[Finding]:
    """Everything in a text that looks as if it identified somebody, in its order; each place told once."""
    seen = as_seen(text)
    found: list[Finding] = []
    for kind, start, end in _all(seen.text):
        finding = Finding(kind, *seen.span(start, end))
        if all(finding.end <= other.start or finding.start >= other.end for other in found):
            found.append(finding)
    return sorted(found, key=lambda finding: finding.start)


def _all(text: str) -> Iterator[tuple[Kind, int, int]]:
    """Every finding, the surest kinds first: where two would share a place, the first one has it."""
    for match in EMAIL.finditer(text):
        yield Kind.EMAIL, *match.span()
    for match in TEN_FIGURES.finditer(text):
        if is_nhs_number(match.group()):
            yield Kind.NHS_NUMBER, *match.span()
    for match in DATE.finditer(text):
        before = text[max(0, match.start() - _NEAR_BEFORE) : match.start()]
        after = text[match.end() : match.end() + _NEAR_AFTER]
        if BIRTH.search(before) or BIRTH.search(after):
            yield Kind.BIRTH_DATE, *match.span()
        elif DEATH.search(before):
            yield Kind.DEATH_DATE, *match.span()
    for kind, pattern in (
        (Kind.PHONE, PHONE),
        (Kind.POSTCODE, POSTCODE),
        (Kind.ADDRESS, ADDRESS),
        (Kind.EXACT_AGE, EXACT_AGE),
    ):
        for match in pattern.finditer(text):
            yield kind, *match.span()


def is_nhs_number(text: str) -> bool:
    """Whether ten figures carry the check digit of an NHS number.

    The first nine are weighted 10 down to 2; eleven less the remainder of their sum by eleven is the tenth,
    with eleven standing for nought and ten for no number at all (NHS Data Dictionary, NHS number).
    """
    figures = [int(sign) for sign in text if sign.isdigit()]
    if len(figures) != 10 or len(set(figures)) == 1:
        return False
    weighted = sum(figure * weight for figure, weight in zip(figures[:9], range(10, 1, -1), strict=True))
    return (11 - weighted % 11) % 11 == figures[9]


def text_digest(text: str) -> str:
    """What a tick is bound to: another text has another digest, and is screened anew."""
    return sha256(text.encode(errors="replace")).hexdigest()[:32]
