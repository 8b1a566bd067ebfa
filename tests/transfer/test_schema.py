"""The published schema."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from app.transfer.operations import LoadOutcome, dump
from app.transfer.queries import sections
from app.transfer.rules.format import schema_text
from tests.transfer.documents import DEMONSTRATION, whole

PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "interchange.schema.json"


def published() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    return schema


def test_the_published_schema_is_the_one_that_files_are_held_against() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text(sections()), (
        "make it anew: python -m app.transfer > docs/interchange.schema.json"
    )


def test_the_published_schema_is_itself_valid() -> None:
    Draft202012Validator.check_schema(published())


def test_the_schema_accepts_a_dump_and_the_files_of_the_demonstration(
    loaded: Callable[[Any], LoadOutcome],
) -> None:
    validator = Draft202012Validator(published(), format_checker=FormatChecker())
    assert list(validator.iter_errors(dump())) == []
    files = sorted(DEMONSTRATION.glob("*.json"))
    assert files
    for path in files:
        assert list(validator.iter_errors(json.loads(path.read_text(encoding="utf-8")))) == []


def test_the_schema_refuses_what_the_loading_refuses() -> None:
    validator = Draft202012Validator(published(), format_checker=FormatChecker())
    document = whole()
    document["actions"][0]["created_on"] = "15/09/2016"
    document["lessons"][0]["colour"] = "red"
    assert len(list(validator.iter_errors(document))) >= 2
