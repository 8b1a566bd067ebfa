"""The format of the file: its published schema, made from the shapes that the rooms declare."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from app.core.intake import Field, Kind, Rows, Section

FORMAT = "case-learning-tracker"
VERSION = 1

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: A day from 1900 to 2099, which is every day that the forms take too.
DAY_PATTERN = "(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}"
DAY_SAID = "a date written like 2017-03-31"
YEAR_PATTERN = "(19|20)[0-9]{2}/[0-9]{2}"
YEAR_SAID = "a report year written like 2016/17"
#: Something that can be seen.
TEXT_PATTERN = r"[\s\S]*\S[\s\S]*"

#: What a text must look like, as a person would say it; the schema keeps it beside the pattern.
SAID = "x-said"


def schema(sections: Iterable[Section]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a file with these sections."""
    return {
        "$schema": _DIALECT,
        "title": "Interchange file of the Case Learning Tracker",
        "description": "What a partnership recorded, by reference. How it is read: interchange.md.",
        "type": "object",
        "required": ["format", "version"],
        "additionalProperties": False,
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            **{
                section.name: {
                    "description": section.shape.description,
                    "type": "array",
                    "items": _object(section.shape.fields, section.shape.rows),
                }
                for section in sections
            },
        },
    }


def schema_text(sections: Iterable[Section]) -> str:
    """The schema as it is published."""
    return json.dumps(schema(sections), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def as_text(document: dict[str, Any]) -> str:
    """A document in the one way it is written."""
    return "".join(in_pieces(sorted(document.items())))


def in_pieces(parts: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """The text of a document, record by record; its parts come in the order of their names.

    A whole file stands in memory only as long as its largest section.
    """
    begin = "{"
    for name, value in parts:
        yield f"{begin}\n {_written(name, 1)}: "
        if isinstance(value, list) and value:
            for index, record in enumerate(value):
                yield f"{',' if index else '['}\n  {_written(record, 2)}"
            yield "\n ]"
        else:
            yield _written(value, 1)
        begin = ","
    yield "\n}\n"


def _written(value: Any, depth: int) -> str:
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    # Texts hold no line ends of their own: JSON writes them as \\n.
    return text.replace("\n", "\n" + " " * depth)


def _object(fields: tuple[Field, ...], all_rows: tuple[Rows, ...] = ()) -> dict[str, Any]:
    properties = {field.name: _described(field.description, _value(field)) for field in fields}
    for rows in all_rows:
        properties[rows.name] = _described(
            rows.description,
            {"type": "array", "items": _object(rows.fields), **({"minItems": 1} if rows.required else {})},
        )
    return {
        "type": "object",
        "required": [field.name for field in fields if field.required]
        + [rows.name for rows in all_rows if rows.required],
        "additionalProperties": False,
        "properties": properties,
    }


def _described(description: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, **value} if description else value


def _value(field: Field) -> dict[str, Any]:
    value = _required_value(field)
    if field.required:
        return value
    # Other programs write null for what is not there.
    if "enum" in value:
        return {**value, "type": ["string", "null"], "enum": [*value["enum"], None]}
    return {**value, "type": [value["type"], "null"]}


def _required_value(field: Field) -> dict[str, Any]:
    match field.kind:
        case Kind.NUMBER:
            return {"type": "integer", "minimum": field.least, "maximum": field.most}
        case Kind.FLAG:
            return {"type": "boolean"}
        case Kind.DAY:
            return {"type": "string", "format": "date", **_pattern(DAY_PATTERN, DAY_SAID)}
        case Kind.YEAR:
            return {"type": "string", **_pattern(YEAR_PATTERN, YEAR_SAID)}
        case Kind.REFERENCE:
            return {"type": "string", "minLength": 1, "maxLength": 64}
        case Kind.REFERENCES | Kind.TEXTS:
            item = {"type": "string", **_pattern(TEXT_PATTERN, "a text"), "maxLength": field.longest or 64}
            return {"type": "array", "uniqueItems": True, "items": item}
        case Kind.TEXT:
            return _text(field)


def _text(field: Field) -> dict[str, Any]:
    if field.choices:
        return {"type": "string", "enum": list(field.choices)}
    value: dict[str, Any] = {"type": "string"}
    if field.longest:
        value["maxLength"] = field.longest
    if field.pattern:
        value |= _pattern(field.pattern, field.said)
    elif field.required:
        value |= _pattern(TEXT_PATTERN, "a text")
    return value


def _pattern(pattern: str, said: str) -> dict[str, Any]:
    return {
        "pattern": f"^{pattern}$",
        SAID: said,
    }
