"""From a row to a reader, as pure functions on plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.briefings.subscribers import rules
from app.core.fields import strip
from app.outbox.rules import WrongAddress

EMAIL, NAME, AGENCY, AUDIENCE, AREA, TOPICS = (
    "Email address",
    "Name",
    "Agency",
    "Kind of work",
    "Area",
    "Topics",
)
#: By which names a column is known, in small letters.
KNOWN = {
    EMAIL: ("email address", "email", "e-mail", "e-mail address", "address", "mail"),
    NAME: ("name", "full name"),
    AGENCY: ("agency", "organisation", "organization", "employer"),
    AUDIENCE: ("kind of work", "audience", "work"),
    AREA: ("area", "borough"),
    TOPICS: ("topics", "topic", "themes"),
}


@dataclass(frozen=True)
class Words:
    """What agencies, kinds of work, areas and topics are called, in small letters, and their row numbers."""

    agencies: Mapping[str, int]
    audiences: Mapping[str, int]
    areas: Mapping[str, int]
    topics: Mapping[str, int]


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row: where, and what to do."""

    row: int
    column: str
    value: str
    problem: str


@dataclass(frozen=True)
class Reader:
    """A row that is well."""

    row: int
    email: str
    name: str
    agency_id: int | None
    audience_id: int | None
    area_id: int | None
    topics: tuple[int, ...]


def places(names: Sequence[str]) -> dict[str, int]:
    """In which place each column stands that is known; the first of two of one name counts."""
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        plain = " ".join(strip(name).lower().split())
        for column, known in KNOWN.items():
            if plain in known:
                found.setdefault(column, place)
    return found


def understand(
    number: int, cells: Sequence[str], columns: Mapping[str, int], words: Words
) -> Reader | list[Fault]:
    """The reader that a row tells of, or everything that is wrong with it."""
    said = {column: strip(cells[place]) if place < len(cells) else "" for column, place in columns.items()}
    faults: list[Fault] = []

    def one(column: str, known: Mapping[str, int]) -> int | None:
        value = said.get(column, "")
        if value and value.lower() not in known:
            faults.append(Fault(number, column, value, _unknown(column)))
        return known.get(value.lower())

    try:
        email = rules.typed_address(said.get(EMAIL, ""))
    except WrongAddress as wrong:
        email = ""
        faults.append(Fault(number, EMAIL, said.get(EMAIL, ""), wrong.sentence))
    name = said.get(NAME, "")
    if len(name) > rules.LONGEST_NAME:
        faults.append(Fault(number, NAME, name, f"Shorten it to {rules.LONGEST_NAME} characters"))
    agency, audience = one(AGENCY, words.agencies), one(AUDIENCE, words.audiences)
    area = one(AREA, words.areas)
    topics: list[int] = []
    for topic in filter(None, (each.strip() for each in said.get(TOPICS, "").replace(";", ",").split(","))):
        if topic.lower() in words.topics:
            topics.append(words.topics[topic.lower()])
        else:
            faults.append(Fault(number, TOPICS, topic, _unknown(TOPICS)))
    if faults:
        return faults
    return Reader(number, email, rules.name_of(name), agency, audience, area, tuple(dict.fromkeys(topics)))


def _unknown(column: str) -> str:
    return f"This is not known here as {_AS[column]}. Name one as it is called here, or leave it empty."


_AS = {AGENCY: "an agency", AUDIENCE: "a kind of work", AREA: "an area", TOPICS: "a topic"}
