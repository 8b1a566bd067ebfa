"""What in a text looks as if it identified somebody, as pure functions.

Only patterns that seldom mean anything else: a warning that cries wolf is ticked away unread. Names are not
among them. Nothing here decides; the author looks again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


class Kind(StrEnum):
    """What a finding looks like."""

    NHS_NUMBER = "nhs_number"
    BIRTH_DATE = "birth_date"
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

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH}\.?,?\s+\d{{4}}|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})(?!\d)",
    re.IGNORECASE,
)
_BIRTH = re.compile(r"\b(?:born|birth|birthday|d\.?o\.?b\b)", re.IGNORECASE)
#: Ten figures in threes and a four, as the NHS prints them, or in one.
_TEN_FIGURES = re.compile(r"(?<![\d+])(?<!\d[ -])\d{3}([ -]?)\d{3}\1\d{4}(?![ -]?\d)")
_PHONE = re.compile(
    r"(?<![\d+])(?:(?:\+44|0044)[ -]?(?:\(0\)[ -]?)?|\(?0)[1237]\d(?:[ ()-]{0,2}\d){7,8}(?![ -]?\d)"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_AREAS = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E "
    "EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL "
    "LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM "
    "SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
#: The letters of the second half are those that are not mistaken for others; ``2nd`` and ``3rd`` are words.
_POSTCODE = re.compile(
    rf"\b(?:{'|'.join(_AREAS.split())})\d[\dA-HJKMNP-Y]? ?\d(?!st|nd|rd|th)[ABD-HJLNP-UW-Z]{{2}}\b",
    re.IGNORECASE,
)
_STREET = (
    r"(?:Street|Road|Avenue|Lane|Close|Drive|Court|Gardens|Terrace|Crescent|Grove|Square|Mews|Walk|Rise|Row"
    r"|Way|Place|Estate|House|Buildings|Mansions)"
)
_ADDRESS = re.compile(
    rf"(?<![\w-])(?:[Ff]lat \d{{1,3}}[A-Za-z]?,? )?\d{{1,3}}[A-Za-z]?,? (?:[A-Z][a-z'’]+ ){{1,3}}{_STREET}\b"
)
_NUMBER = (
    r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen)"
)
_EXACT_AGE = re.compile(
    rf"\b{_NUMBER}[ -]years?,?(?: and)?[ -]{_NUMBER}[ -]months?(?:[ -]old)?\b"
    rf"|\b(?:aged?|age of)[: ]{{1,2}}{_NUMBER}[ -](?:days?|weeks?)\b"
    r"|\b\d{1,2} ?y(?:rs?)? ?\d{1,2} ?m(?:ths?)?\b",
    re.IGNORECASE,
)


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
    found: list[Finding] = []
    for finding in _all(text):
        if all(finding.end <= other.start or finding.start >= other.end for other in found):
            found.append(finding)
    return sorted(found, key=lambda finding: finding.start)


def _all(text: str) -> Iterator[Finding]:
    """Every finding, the surest kinds first: where two would share a place, the first one has it."""
    for match in _EMAIL.finditer(text):
        yield Finding(Kind.EMAIL, *match.span())
    for match in _TEN_FIGURES.finditer(text):
        if is_nhs_number(match.group()):
            yield Finding(Kind.NHS_NUMBER, *match.span())
    for match in _DATE.finditer(text):
        before = text[max(0, match.start() - _NEAR_BEFORE) : match.start()]
        after = text[match.end() : match.end() + _NEAR_AFTER]
        if _BIRTH.search(before) or _BIRTH.search(after):
            yield Finding(Kind.BIRTH_DATE, *match.span())
    for kind, pattern in (
        (Kind.PHONE, _PHONE),
        (Kind.POSTCODE, _POSTCODE),
        (Kind.ADDRESS, _ADDRESS),
        (Kind.EXACT_AGE, _EXACT_AGE),
    ):
        for match in pattern.finditer(text):
            yield Finding(kind, *match.span())


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
