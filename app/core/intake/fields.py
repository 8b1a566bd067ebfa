"""The fields that records are made of, in a word each."""

from dataclasses import replace
from typing import Any

from app.core.intake.shapes import ALWAYS, Field, Kind

#: A longer text belongs in a document.
LONGEST_TEXT = 10_000

_SLUG = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"


def line(name: str, longest: int, **more: Any) -> Field:
    """One line of text."""
    return Field(name, longest=longest, **more)


def words(name: str, **more: Any) -> Field:
    """A text of several lines."""
    return Field(name, longest=LONGEST_TEXT, **{"default": "", **more})


def number(name: str, **more: Any) -> Field:
    """A whole number."""
    return Field(name, Kind.NUMBER, **more)


def flag(name: str, **more: Any) -> Field:
    """True or false."""
    return Field(name, Kind.FLAG, **{"default": False, **more})


def day(name: str, **more: Any) -> Field:
    """A day."""
    return Field(name, Kind.DAY, **more)


def code(name: str, choices: Any, **more: Any) -> Field:
    """One of a list of codes."""
    return Field(name, choices=tuple(str(choice) for choice in choices), **more)


def link(name: str, **more: Any) -> Field:
    """The address of a page."""
    return Field(
        name,
        longest=500,
        pattern=r"https?://\S+",
        said="an address that begins with https:// or http://",
        **more,
    )


def reference(name: str, leads_to: str, **more: Any) -> Field:
    """The ``ref`` of a record of another section."""
    return Field(name, Kind.REFERENCE, leads_to=leads_to, **{"column": f"{name}_id", **more})


def several(name: str, leads_to: str, **more: Any) -> Field:
    """The ``ref`` of any number of records of another section."""
    return Field(name, Kind.REFERENCES, leads_to=leads_to, **more)


def named_ref() -> Field:
    """A reference that is a short name."""
    return Field(
        "ref",
        required=True,
        pattern=_SLUG,
        said="a short name of letters, figures, dots and hyphens",
        settled="ref",
        description="Short name by which other records refer to this one.",
    )


def running_ref(prefix: str) -> Field:
    """A reference that is a neutral running number, such as ``R-0012``."""
    return Field(
        "ref",
        required=True,
        pattern=rf"{prefix}-([0-9]{{4}}|[1-9][0-9]{{4,8}})",
        said=f"a reference like {prefix}-0012",
        settled="ref",
        description="Neutral running number, by which other records refer to this one.",
    )


def numbered_ref(prefix: str, letter: str) -> Field:
    """The reference of a row: its record's, and a number of its own."""
    return Field(
        "ref",
        required=True,
        pattern=rf"{prefix}-([0-9]{{4}}|[1-9][0-9]{{4,8}})-{letter}[1-9][0-9]{{0,5}}",
        said=f"a reference like {prefix}-0012-{letter}1",
        settled="ref",
        description="The reference of the record it belongs to, and a number of its own.",
    )


def withdrawal() -> tuple[Field, Field]:
    """That a record was withdrawn, and why."""
    return (
        day("withdrawn_on", settled="withdrawn_on"),
        words("withdrawn_reason", default=None, settled="withdrawn_on"),
    )


def history(*fields: Field) -> tuple[Field, ...]:
    """The fields of a row of history: each never changes, unless it says itself when it is settled."""
    return tuple(field if field.settled else replace(field, settled=ALWAYS) for field in fields)
