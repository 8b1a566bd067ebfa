"""Whatever is done to a valid file: it loads whole, or says why not and leaves nothing behind."""

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core.database import Base, current_session, db
from app.transfer.operations import LoadOutcome, dump, load, load_file
from app.transfer.rules.format import as_text
from tests.transfer.documents import Document, everything

_TABLES = [table for name, table in sorted(Base.metadata.tables.items()) if name != "alembic_version"]

VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 2_000_000_000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.dates().map(str),
    st.sampled_from(
        [
            "R-0001",
            "L-0001",
            "A-0001",
            "A-0002-U1",
            "chair",
            "scr",
            "draft",
            "complete",
            "accept",
            "granted",
            "B-0001",
            "sent",
            "paused",
            "erased",
            "\ud800",
        ]
    ),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.sampled_from(["ref", "name", "x"]), st.text(max_size=4), max_size=2),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document below its head."""
    found = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inner:
        found += places(part, (*path, name))
    return found


def mutate(document: Document, chance: random.Random, value: Any) -> None:
    """One change at one place: taken away, put twice, put elsewhere, or another value in its stead."""
    path = chance.choice(places(document))
    holder = document
    for part in path[:-1]:
        holder = holder[part]
    deed = chance.choice(["take away", "repeat", "swap", "put"])
    if deed == "take away":
        del holder[path[-1]]
    elif deed == "repeat" and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[path[-1]]))
    elif deed == "swap":
        other = chance.choice(places(document))
        found: Any = document
        for part in other:
            found = found[part]
        holder[path[-1]] = copy.deepcopy(found)
    else:
        holder[path[-1]] = value


def counts() -> dict[str, int]:
    """The number of rows in every table."""
    numbers = select(*(select(func.count()).select_from(table).scalar_subquery() for table in _TABLES))
    return dict(zip((table.name for table in _TABLES), current_session().execute(numbers).one(), strict=True))


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    chance=st.randoms(use_true_random=False),
    values=st.lists(VALUES, min_size=1, max_size=3),
    second=st.booleans(),
)
def test_a_mutated_file_loads_whole_or_leaves_nothing(
    chance: random.Random, values: list[Any], second: bool, app: Any
) -> None:
    if second:
        assert load(everything()).problems == []
    document = everything()
    for value in values:
        mutate(document, chance, value)
    before = counts()
    outcome = load(document)
    if outcome.problems:
        assert counts() == before
        assert all(len(problem.value or "") <= 80 for problem in outcome.problems)
        json.dumps(outcome.as_json()).encode()
    else:
        again = load(json.loads(as_text(dump())))
        assert (again.problems, again.created, again.updated) == ([], {}, {})
    db.session.rollback()


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(at=st.integers(0, 16_000), into=st.binary(max_size=3), cut=st.integers(0, 4))
def test_a_file_with_damaged_bytes_never_fails_otherwise_than_by_problems(
    at: int, into: bytes, cut: int, app: Any, tmp_path: Path
) -> None:
    content = json.dumps(everything()).encode()
    file = tmp_path / "file.json"
    at = at % len(content)
    file.write_bytes(content[:at] + into + content[at + cut :])
    before = counts()
    outcome = load_file(file)
    if outcome.problems:
        assert counts() == before
    else:
        assert load_file(file).created == {}


def test_a_mutation_is_seen(load: Callable[[Any], LoadOutcome]) -> None:
    """The check above would notice half a load."""
    before = counts()
    assert load(everything()).problems == []
    assert counts() != before
