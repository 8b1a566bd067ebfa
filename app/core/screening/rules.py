"""What in a text looks as if it identified somebody, as pure functions.

Only patterns that seldom mean anything else: a warning that cries wolf is ticked away unread. Names are not
among them. Nothing here decides; the author looks again.

A text is read as a person sees it: without signs that no one sees, in plain letters and figures, with single
blanks and hyphens, wherever they were copied from.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256


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

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = (
    r"(?:\d{1,2}(?:st|nd|rd|th)?|(?:twenty|thirty)[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth"
    r"|ninth)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth"
    r"|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
)
_YEAR = r"(?:\d{4}|['’]?\d{2}|(?:two thousand|twenty|nineteen)(?: and)? [a-z]+)"
_DATE = re.compile(
    rf"\b(?:{_DAY}(?: of)? {_MONTH}\b(?:\.?,? {_YEAR})?|{_MONTH}\.?(?: the)? {_DAY}\b(?:,? {_YEAR})?"
    r"|\d{4} ?[/.-] ?\d{1,2} ?[/.-] ?\d{1,2}|\d{1,2} ?[/.-] ?\d{1,2} ?[/.-] ?(?:\d{4}|\d{2})"
    r"|\d{1,2} \d{1,2} \d{4}|\d{8}|\d{6})(?!\d)",
    re.IGNORECASE,
)
_BIRTH = re.compile(r"\b(?:born|birth|birthday|birthdate|d\.?o\.?b\b)", re.IGNORECASE)
#: What a date of death follows at once; a day on which a death was told of or looked at is another.
_DEATH = re.compile(
    r"\b(?:died(?: on)?|dead on|(?:date|day) of(?: the)? death(?: (?:was|is))?|d\.?o\.?d\.?)"
    r"[: ]{1,2}(?:the )?$",
    re.IGNORECASE,
)
#: Ten figures in threes and a four, as the NHS prints them, in pairs, one by one, or in one.
_TEN_FIGURES = re.compile(
    r"(?<![\d+])(?<!\d[ -])(?:\d{3}[ .-]?\d{3}[ .-]?\d{4}|\d{2}(?:[ .-]\d{2}){4}|\d(?:[ .-]\d){9})(?![ -]?\d)"
)
_PHONE = re.compile(
    r"(?<![\d+])(?:(?:\+44|0044)[ -]?(?:\(0\)[ -]?)?|\(?0)[1237]\d(?:[ ().-]{0,2}\d){7,8}(?![ -]?\d)"
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
#: Of streets that are not written as names, only those whose last word seldom means anything else.
_SURE_STREET = r"(?:street|road|avenue|crescent|terrace)"
_ADDRESS = re.compile(
    rf"(?<![\w-])(?:[Ff]lat \d{{1,3}}[A-Za-z]?,? )?\d{{1,3}}[A-Za-z]?,? (?:(?:[A-Z][A-Za-z'’]+ ){{1,3}}"
    rf"(?:{_STREET}|{_STREET.upper()})\b|[a-z]{{3,}} {_SURE_STREET}\b)"
)
_NUMBER = (
    r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen)"
)
_EXACT_AGE = re.compile(
    rf"\b{_NUMBER}[ -]years?,?(?: and)?[ -]{_NUMBER}[ -]months?(?:[ -]old)?\b"
    rf"|\b(?:aged?|age of)[: ]{{1,2}}{_NUMBER}[ -](?:days?|weeks?|months?)\b"
    rf"|\b{_NUMBER}[ -](?:days?|weeks?|months?)[ -]old\b"
    r"|\b\d{1,2} ?y(?:rs?)? ?\d{1,2} ?m(?:ths?)?\b",
    re.IGNORECASE,
)

#: Letters of other alphabets that look like ours.
_LOOK_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеоресухіѕјԁһԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοινυκχ",
    "ABESIJKMHOPCTYXaeopecyxisjdhqwABEZHIKMNOPTYXoivukx",
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
    plain, places = _as_seen(text)
    found: list[Finding] = []
    for kind, start, end in _all(plain):
        finding = Finding(kind, places[start], places[end - 1] + 1)
        if all(finding.end <= other.start or finding.start >= other.end for other in found):
            found.append(finding)
    return sorted(found, key=lambda finding: finding.start)


def _as_seen(text: str) -> tuple[str, list[int]]:
    """The text as a person sees it, and where in the text each of its signs stands."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for plain in sign if sign.isascii() and not sign.isspace() else _plain(sign):
            if plain != " " or (signs and signs[-1] != " "):
                signs.append(plain)
                places.append(place)
    return "".join(signs), places


@cache
def _plain(sign: str) -> str:
    """What a person takes a sign for; nothing where nobody sees it."""
    if sign.isspace():
        return " "
    plain = ""
    for part in unicodedata.normalize("NFKD", sign):
        category, figure = unicodedata.category(part), unicodedata.decimal(part, None)
        if category in {"Mn", "Me", "Cf", "Cc"}:
            continue
        if figure is not None:
            plain += str(figure)
        elif category == "Pd" or part == "\u2212":
            plain += "-"
        else:
            plain += part.translate(_LOOK_ALIKE)
    return plain


def _all(text: str) -> Iterator[tuple[Kind, int, int]]:
    """Every finding, the surest kinds first: where two would share a place, the first one has it."""
    for match in _EMAIL.finditer(text):
        yield Kind.EMAIL, *match.span()
    for match in _TEN_FIGURES.finditer(text):
        if is_nhs_number(match.group()):
            yield Kind.NHS_NUMBER, *match.span()
    for match in _DATE.finditer(text):
        before = text[max(0, match.start() - _NEAR_BEFORE) : match.start()]
        after = text[match.end() : match.end() + _NEAR_AFTER]
        if _BIRTH.search(before) or _BIRTH.search(after):
            yield Kind.BIRTH_DATE, *match.span()
        elif _DEATH.search(before):
            yield Kind.DEATH_DATE, *match.span()
    for kind, pattern in (
        (Kind.PHONE, _PHONE),
        (Kind.POSTCODE, _POSTCODE),
        (Kind.ADDRESS, _ADDRESS),
        (Kind.EXACT_AGE, _EXACT_AGE),
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
