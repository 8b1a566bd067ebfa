"""Templates import what they use and nothing else, and write no inline style or script."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PATHS = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())

IMPORT = re.compile(
    r"\{%-?\s*from\s+\"[^\"]+\"\s+import\s+(?P<names>[^%]+?)(?:\s+with(?:out)? context)?\s*-?%\}"
)


def unused_imports(source: str) -> list[str]:
    """The names a template imports and never uses."""
    rest = IMPORT.sub("", source)
    names = [
        name.split(" as ")[-1].strip()
        for found in IMPORT.finditer(source)
        for name in found["names"].split(",")
        if name.strip()
    ]
    return [name for name in names if not re.search(rf"\b{re.escape(name)}\b", rest)]


@pytest.mark.parametrize("path", PATHS)
def test_every_import_of_a_template_is_used(path: str) -> None:
    assert unused_imports((TEMPLATES / path).read_text()) == []


@pytest.mark.parametrize("path", [path for path in PATHS if not path.startswith("emails/")])
def test_no_template_writes_an_inline_style_or_script(path: str) -> None:
    source = (TEMPLATES / path).read_text()
    assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=", source)


@pytest.mark.parametrize("path", PATHS)
def test_no_template_switches_escaping_off(path: str) -> None:
    source = (TEMPLATES / path).read_text()
    assert not re.search(r"\|\s*safe\b|autoescape\s+false", source)


def test_the_gate_sees_an_import_that_is_not_used() -> None:
    source = '{% from "components/a.html" import one, two as other %}{{ one() }}'
    assert unused_imports(source) == ["other"]
