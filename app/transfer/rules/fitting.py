"""Tells quickly that a record fits its schema, so that the slow search for faults is made only where one is.

It knows just the words that our schemas use. What it lets pass has no fault; where it does not, there may
still be none, and the search says so.
"""

from collections.abc import Callable, Mapping
from typing import Any

Fits = Callable[[Any], bool]
#: Whether a text fits a pattern, and whether it is a day.
Matches = Callable[[str, str], bool]
IsDay = Callable[[str], bool]

#: Words that say nothing about the value.
_SILENT = frozenset({"description", "x-said"})


def fitting(schema: Mapping[str, Any], *, matches: Matches, is_day: IsDay) -> Fits:
    """A test of values against this schema. Raises ValueError for a schema in words that it does not know."""
    words = {word: value for word, value in schema.items() if word not in _SILENT}
    named = words.pop("type")
    types = {named} if isinstance(named, str) else set(named)
    (kind,) = types - {"null"}

    def inside(inner: Mapping[str, Any]) -> Fits:
        return fitting(inner, matches=matches, is_day=is_day)

    match kind:
        case "object":
            fits = _object(words, inside)
        case "array":
            fits = _array(words, inside)
        case "string":
            fits = _string(words, matches, is_day)
        case "integer":
            fits = _integer(words.pop("minimum"), words.pop("maximum"))
        case "boolean":
            fits = _is_flag
        case _:
            raise ValueError(f"a schema has the type {kind}")
    if words:
        raise ValueError(f"a schema has words that are not tested: {', '.join(words)}")
    return _or_null(fits) if "null" in types else fits


def _or_null(fits: Fits) -> Fits:
    return lambda value: value is None or fits(value)


def _object(words: dict[str, Any], inside: Callable[[Any], Fits]) -> Fits:
    required = frozenset(words.pop("required"))
    tests = {name: inside(inner) for name, inner in words.pop("properties").items()}
    if words.pop("additionalProperties"):
        raise ValueError("a schema allows fields that it does not name")

    def fits(value: Any) -> bool:
        if not isinstance(value, dict) or not required <= value.keys():
            return False
        for name, inner in value.items():
            test = tests.get(name)
            if test is None or not test(inner):
                return False
        return True

    return fits


def _array(words: dict[str, Any], inside: Callable[[Any], Fits]) -> Fits:
    test, least, is_set = (
        inside(words.pop("items")),
        words.pop("minItems", 0),
        words.pop("uniqueItems", False),
    )

    def fits(value: Any) -> bool:
        if not isinstance(value, list) or len(value) < least or not all(map(test, value)):
            return False
        return not is_set or len(set(value)) == len(value)

    return fits


def _string(words: dict[str, Any], matches: Matches, is_day: IsDay) -> Fits:
    choices, pattern = words.pop("enum", None), words.pop("pattern", None)
    least, most = words.pop("minLength", 0), words.pop("maxLength", None)
    written_as = words.pop("format", None)
    if written_as not in (None, "date"):
        raise ValueError(f"a schema has the format {written_as}")

    def fits(value: Any) -> bool:
        return (
            type(value) is str
            and (choices is None or value in choices)
            and least <= len(value)
            and (most is None or len(value) <= most)
            and (pattern is None or matches(pattern, value))
            and (written_as is None or is_day(value))
        )

    return fits


def _integer(least: int, most: int) -> Fits:
    # True and False are numbers in Python, and none in JSON.
    return lambda value: type(value) is int and least <= value <= most


def _is_flag(value: Any) -> bool:
    return type(value) is bool
