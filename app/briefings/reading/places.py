"""The places in a frozen issue where readers differ: links that are theirs alone.

A place is marked by signs that are made from the issue's random key when its words are frozen, so that
nothing an editor typed can be taken for one.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class PlaceKind(StrEnum):
    """What stands in a place."""

    #: A link of the issue, by its number, signed for the reader.
    LINK = "link"
    #: The reader's page of preferences.
    PREFERENCES = "preferences"
    #: Where the reader leaves the list.
    LEAVE = "leave"
    #: The whole picture that tells of an opening, or nothing where opens are not counted.
    PICTURE = "picture"


@dataclass(frozen=True)
class Place:
    """One place: what stands there, and for a link its number."""

    kind: PlaceKind
    number: int = 0


def mark(link_key: str, place: Place) -> str:
    """What stands in the words where the place is."""
    return f"@@{link_key}:{place.kind}:{place.number}@@"


def split(link_key: str, words: str) -> tuple[tuple[str, ...], tuple[Place, ...]]:
    """The words between the places, and the places between the words: one more of the former."""
    parts = re.split(rf"@@{re.escape(link_key)}:([a-z]+):([0-9]+)@@", words)
    places = tuple(
        Place(PlaceKind(kind), int(number)) for kind, number in zip(parts[1::3], parts[2::3], strict=True)
    )
    return tuple(parts[0::3]), places
