"""Everything in an issue that may identify somebody, each with its words, its place and a digest."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from app.briefings.checking.rules import patterns
from app.briefings.checking.rules.kinds import KIND_WORDS, FindingKind
from app.briefings.checking.rules.ordinary import COMMON, GIVEN, OPENERS, TITLES
from app.briefings.checking.rules.pseudonyms import pseudonyms
from app.core.screening.runs import long_runs
from app.core.screening.seeing import Seen, as_seen

#: How much of the text around a finding belongs to it: other words there make it another finding.
_AROUND = 40
#: So many initials may stand within a name.
_MOST_INITIALS = 3
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_URL = re.compile(r"\bhttps?://\S+", re.IGNORECASE)


#: The day on which a page was put there, as addresses of pages write it; its month may be in letters.
_FILED = re.compile(r"[\W\d]+|[a-z]{3}/\d{1,2}", re.IGNORECASE)


@dataclass(frozen=True)
class Names:
    """The names of people: whole ones by their first word, and parts of them that are no ordinary words."""

    whole: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    #: Family names and middle names, and given names; these less often mean a person.
    family: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    #: What the partnership shortens to two letters, which are nobody's initials.
    short: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Field:
    """A text of an issue: its name in code, what the page calls it, and what it holds."""

    name: str
    label: str
    text: str
    #: The row of the item that it belongs to; null for a text of the issue itself.
    item_id: int | None = None
    #: What that item is about, by which it is told from others however they are ordered or numbered.
    about: str = ""
    #: Whether it tells when and where a training is held, and the day of that: no findings.
    is_of_training: bool = False
    held_on: date | None = None


@dataclass(frozen=True)
class Known:
    """What the check knows beside the text."""

    names: Names = field(default_factory=Names)
    #: The pseudonyms of published reviews, in small letters.
    published: frozenset[str] = frozenset()
    #: Long runs of words that stand in an uncleared lesson, and in no cleared one.
    uncleared: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Finding:
    """One place in a text that may identify somebody."""

    kind: FindingKind
    field: Field
    start: int
    end: int
    #: Of the kind, the field, the item and the words around: other words are another finding.
    digest: str

    @property
    def words(self) -> str:
        """The words that were found."""
        return self.field.text[self.start : self.end]

    @property
    def looks_like(self) -> str:
        """What they look like, for example "an exact age"."""
        return KIND_WORDS[self.kind][0]

    @property
    def advice(self) -> str:
        """What the author can do about it."""
        return KIND_WORDS[self.kind][1]


def find(where: Field, known: Known) -> list[Finding]:
    """Every finding in a text, in its order; each place told once, but for words of a lesson."""
    seen = as_seen(where.text)
    links = [match.span() for match in _URL.finditer(seen.text)]
    found: list[Finding] = []
    taken: list[tuple[int, int]] = []
    for kind, start, end in _all(seen.text, known):
        if any(start < last and first < end for first, last in taken):
            continue
        words = seen.text[start:end]
        if _is_filed(kind, words) and any(first <= start and end <= last for first, last in links):
            continue
        if where.is_of_training and _is_of_training(kind, words, where.held_on):
            continue
        taken.append((start, end))
        found.append(_finding(kind, where, seen, start, end))
    found += [
        _made(FindingKind.UNCLEARED, where, start, end, where.text[start:end])
        for start, end in _taken_over(where.text, known.uncleared)
    ]
    return sorted(found, key=lambda each: (each.start, -each.end))


def _all(text: str, known: Known) -> Iterator[tuple[FindingKind, int, int]]:
    """Everything found, the surest kinds first."""
    seekers: Sequence[tuple[FindingKind, Iterable[tuple[int, int]]]] = (
        (FindingKind.NHS_NUMBER, patterns.nhs_numbers(text)),
        (FindingKind.POSTCODE, patterns.postcodes(text)),
        (FindingKind.STREET, patterns.streets(text)),
        (FindingKind.DATE, patterns.dates(text)),
        (FindingKind.AGE, patterns.ages(text)),
        (FindingKind.PSEUDONYM, pseudonyms(text, published=known.published)),
        (FindingKind.NAME, _names(text, known.names)),
        (FindingKind.NAME, patterns.titled(text)),
        (FindingKind.SCHOOL, patterns.schools(text)),
        (FindingKind.INITIALS, patterns.initials(text, known=_short(known))),
        (FindingKind.SMALL_NUMBER, patterns.small_numbers(text)),
    )
    for kind, spans in seekers:
        for start, end in spans:
            yield kind, start, end


def _short(known: Known) -> frozenset[str]:
    """What two capitals may stand for: a short name of the partnership's, the mark of a published case."""
    return known.names.short | {name.split()[-1] for name in known.published}


def _finding(kind: FindingKind, where: Field, seen: Seen, start: int, end: int) -> Finding:
    before, after = seen.text[max(0, start - _AROUND) : start], seen.text[end : end + _AROUND]
    around = f"{before}\0{seen.text[start:end]}\0{after}"
    return _made(kind, where, *seen.span(start, end), around)


def _made(kind: FindingKind, where: Field, start: int, end: int, around: str) -> Finding:
    # With the item it stands in: the same words may say more about somebody in another.
    told = f"{kind}\0{where.name}\0{where.about}\0{around}"
    digest = sha256(told.encode(errors="replace")).hexdigest()
    return Finding(kind, where, start, end, digest)


def _is_filed(kind: FindingKind, words: str) -> bool:
    """Whether what stands in the address of a page is the day of that page."""
    return kind is FindingKind.DATE and bool(_FILED.fullmatch(words))


#: How a partnership shortens a name of its own; "of" in such a name shortens nothing.
_TWO_CAPITALS = re.compile(r"\b[A-Z]{2}\b")

#: What the place of a training may hold.
_OF_PLACES = frozenset({FindingKind.STREET, FindingKind.SCHOOL, FindingKind.POSTCODE})


def _is_of_training(kind: FindingKind, words: str, held_on: date | None) -> bool:
    """Whether what was found is the place of a training, or the very day it is held.

    Whoever writes a training's own words may write anything there: nothing else is passed over, and no more
    is passed over where the item tells of something else.
    """
    if kind in _OF_PLACES:
        return True
    if kind is not FindingKind.DATE or held_on is None:
        return False
    small = words.casefold()
    day, month, year = f"{held_on:%d %B %Y}".casefold().split()
    parts = re.findall(r"[a-z]+|\d+", re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|\bof\b|\bthe\b", "", small))
    written = {day, month[:3], f"{held_on:%m}", year, year[2:]}
    said = [part.zfill(2) if part.isdigit() else part[:3] for part in parts]
    has_day, has_month = day in said, bool({month[:3], f"{held_on:%m}"} & set(said))
    weekday = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
    return has_day and (has_month or bool(weekday & set(said))) and set(said) <= written | weekday


def names_of(people: Iterable[str], *, ordinary: Collection[str] = ()) -> Names:
    """The names by which people are found; those that are made of the partnership's own words are posts.

    ``ordinary`` are texts whose words are no names: titles of posts, agencies, areas.
    """
    common = {word for text in ordinary for word in _tokens(text)} | COMMON
    whole: dict[str, set[tuple[str, ...]]] = {}
    family: set[str] = set()
    given: set[str] = set()
    for person in people:
        words = [word for word in _tokens(person) if word not in TITLES]
        if not words or all(word in common for word in words):
            continue
        forms = {tuple(words)}
        apart = [
            word for word in _tokens(person.replace("'", " ").replace("\u2019", " ")) if word not in TITLES
        ]
        forms.add(tuple(apart))
        first, *others = words
        for part in others:
            forms |= {(first, part), (part, first), (first[0], part), (first + part,)}
        for form in forms:
            whole.setdefault(form[0], set()).add(form)
        # A person of one name is called by it; of a longer one each part may stand alone.
        family |= _telling(others or words, common)
        given |= _telling(words[:1] if others else (), common | GIVEN)
    return Names(
        whole={first: tuple(sorted(forms)) for first, forms in whole.items()},
        family=frozenset(family),
        given=frozenset(given - family),
        short=frozenset(word.casefold() for text in ordinary for word in _TWO_CAPITALS.findall(text)),
    )


def _telling(words: Sequence[str], common: Collection[str]) -> set[str]:
    """Those of the parts of a name that are long enough, and no ordinary words."""
    return {word for word in words if len(word) > 2 and word not in common}


def _names(text: str, names: Names) -> Iterator[tuple[int, int]]:
    words = list(_TOKEN.finditer(text))
    tokens = [_token(word.group()) for word in words]
    for place, token in enumerate(tokens):
        whole = max(
            (end for form in names.whole.get(token, ()) if (end := _matches(form, words, tokens, place))),
            default=0,
        )
        if whole:
            yield words[place].start(), whole
        elif _is_part(token, text, words[place], names):
            yield words[place].span()


def _matches(form: tuple[str, ...], words: Sequence[re.Match[str]], tokens: Sequence[str], place: int) -> int:
    """Where a name that begins at a word ends; 0 where it is another. Initials in between are passed over."""
    if len(form[0]) == 1 and not words[place].group().isupper():
        return 0
    for part in form[1:]:
        place += 1
        for _ in range(_MOST_INITIALS):
            if place < len(tokens) and len(tokens[place]) == 1 and tokens[place] != part:
                place += 1
        if place >= len(tokens) or tokens[place] != part:
            return 0
        if part in COMMON and words[place].group().islower():
            return 0  # "Anna may come" names nobody of that family.
    return words[place].end()


def _is_part(token: str, text: str, word: re.Match[str], names: Names) -> bool:
    """Whether a word stands for somebody by a part of their name.

    It is written as a name. Within a sentence no other word begins with a capital; where one begins, a family
    name counts unless sentences begin with it, and a given name does not, which may be any word.
    """
    if not word.group()[0].isupper():
        return False
    before = text[: word.start()].rstrip(" \"'(")
    within = bool(before) and before[-1] not in ".!?:;-"
    if token in names.family:
        return within or token not in OPENERS
    return within and token in names.given


def _tokens(text: str) -> list[str]:
    return [_token(match.group()) for match in _TOKEN.finditer(as_seen(text).text)]


def _token(word: str) -> str:
    small = word.casefold()
    return small.removesuffix("'s").replace("'", "")


def _taken_over(text: str, uncleared: Collection[str]) -> list[tuple[int, int]]:
    """Where words of uncleared lessons stand, runs that touch joined into one."""
    spans: list[tuple[int, int]] = []
    for run in long_runs(text) if uncleared else ():
        if run.words not in uncleared:
            continue
        if spans and run.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], run.end)
        else:
            spans.append((run.start, run.end))
    return spans
