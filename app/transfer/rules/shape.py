"""Holds a document against the schema, and says what does not fit in words a person can act on."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from app.core.intake import Problem, Section, shown_briefly
from app.core.report_year import ReportYear
from app.transfer.rules.fitting import fitting
from app.transfer.rules.format import DAY_PATTERN, FORMAT, SAID, VERSION, YEAR_PATTERN, schema
from app.transfer.rules.reading import joined

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_YEAR = f"^{YEAR_PATTERN}$"
_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}


def document_problems(document: dict[str, Any], sections: Sequence[Section]) -> Iterator[Problem]:
    """What is wrong with the file as a whole: its format, its version, the names of its sections."""
    if document.get("format") != FORMAT:
        yield Problem(
            "format", shown_briefly(document.get("format")), f"An interchange file says here “{FORMAT}”"
        )
    version = document.get("version")
    if version != VERSION or isinstance(version, bool):
        yield Problem(
            "version", shown_briefly(version), f"This version of the product reads version {VERSION}"
        )
    names = [section.name for section in sections]
    for name, value in document.items():
        if name in ("format", "version"):
            continue
        if name not in names:
            yield Problem(
                joined("", name), None, f"There is no such section. Sections are: {', '.join(names)}"
            )
        elif not isinstance(value, list):
            yield Problem(name, shown_briefly(value), "A section is a list of records")


class Shapes:
    """What every kind of record is held against, made once for a file."""

    def __init__(self, sections: Sequence[Section]) -> None:
        properties = schema(sections)["properties"]
        items = {section.name: properties[section.name]["items"] for section in sections}
        self._fits = {
            name: fitting(item, matches=_matches, is_day=_is_existing_day) for name, item in items.items()
        }
        self._validators = {name: _validator(item) for name, item in items.items()}

    def problems(self, section: str, record: Any, path: str) -> list[Problem]:
        """What is wrong with the shape of one record."""
        return [] if self.fits(section, record) else self.faults(section, record, path)

    def faults(self, section: str, record: Any, path: str) -> list[Problem]:
        """What the slow search finds, field by field, by the library."""
        return [
            problem
            for error in self._validators[section].iter_errors(record)
            for problem in _problems(error, path, record)
        ]

    def fits(self, section: str, record: Any) -> bool:
        """Whether the record is seen to be right at a glance; most are."""
        return self._fits[section](record)


def _validator(of: dict[str, Any]) -> "Validator":
    # Imported on first use: most commands and every page do without it.
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.validators import extend

    checker = FormatChecker(formats=())
    checker.checks("date", raises=ValueError)(_is_day)
    made: Validator = extend(Draft202012Validator, {"pattern": _pattern})(of, format_checker=checker)
    return made


def _is_existing_day(text: str) -> bool:
    try:
        return _is_day(text)
    except ValueError:
        return False


def _is_day(text: object) -> bool:
    """Refuse what is written like a day and is none; the pattern refuses the rest. Raises ValueError."""
    if isinstance(text, str) and _compiled(DAY_PATTERN).fullmatch(text):
        date.fromisoformat(text)
    return True


def _pattern(validator: "Validator", pattern: str, text: Any, _of: Any) -> Iterator[Any]:
    """As the standard means it: ``$`` is the end of the text, not a line end before it."""
    from jsonschema import ValidationError

    if not isinstance(text, str):
        return
    if not _matches(pattern, text):
        yield ValidationError(pattern)


def _matches(pattern: str, text: str) -> bool:
    return _compiled(pattern).fullmatch(text) is not None and (pattern != _YEAR or _is_year(text))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _is_year(text: str) -> bool:
    try:
        ReportYear.parse(text)
    except ValueError:
        return False
    return True


def _problems(error: Any, path: str, record: Any) -> Iterator[Problem]:
    """A fault as the library found it, told in our words."""
    place, named = path, ""
    inside = record
    for part in error.absolute_path:
        if isinstance(inside, dict) and isinstance(inside.get("ref"), str):
            named = shown_briefly(inside["ref"]) or ""
        place = f"{place}[{part}]" if isinstance(part, int) else joined(place, str(part))
        inside = inside[part]
    if isinstance(inside, dict) and isinstance(inside.get("ref"), str):
        named = shown_briefly(inside["ref"]) or ""
    begin = f"{named}: " if named else ""
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        # The library tells of each missing name by itself; its own words say which.
        name = next(name for name in missing if error.message.startswith(repr(name)))
        yield Problem(joined(place, name), None, f"{begin}This is missing")
    elif error.validator == "additionalProperties":
        for name in error.instance:
            if name not in error.schema["properties"]:
                known = ", ".join(error.schema["properties"])
                yield Problem(
                    joined(place, name), None, f"{begin}There is no such field here. Fields are: {known}"
                )
    else:
        yield Problem(place, shown_briefly(error.instance), begin + _SENTENCES[error.validator](error))


def _type(error: Any) -> str:
    types = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    return f"This must be {' or '.join(_TYPES[name] for name in types if name != 'null')}"


_SENTENCES: dict[str, Callable[[Any], str]] = {
    "type": _type,
    "enum": lambda error: f"This must be one of: {', '.join(code for code in error.validator_value if code)}",
    "pattern": lambda error: f"This must be {error.schema[SAID]}",
    "format": lambda error: "There is no such day",
    "maxLength": lambda error: f"This is longer than {error.validator_value:,} characters",
    "minLength": lambda error: "This is empty",
    "minimum": lambda error: f"This must be {error.validator_value:,} or more",
    "maximum": lambda error: f"This must be {error.validator_value:,} or less",
    "minItems": lambda error: "This list is empty, and needs at least one entry",
    "uniqueItems": lambda error: "The same stands twice in this list",
}
