"""What loading a file does, besides writing its records."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, func, select

from app.accounts.models import Area, Person
from app.actions.models import Action
from app.actions.standing import keep
from app.audit.models import AuditEntry
from app.audit.queries import timeline, verify
from app.core.acting import Actor, acting_as
from app.core.clock import today
from app.core.database import current_session
from app.core.references import next_reference
from app.lessons.runs import uncleared_runs
from app.outbox.models import OutboxMessage
from app.transfer.operations import REFUSED, LoadOutcome, load_file
from app.transfer.operations import load as load_document
from tests.transfer.documents import whole

Load = Callable[[Any], LoadOutcome]


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that the database gets inside the block."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_words_taken_over_from_a_loaded_lesson_are_found(load: Load) -> None:
    document = whole()
    lesson = document["lessons"][0]
    lesson["sharing"] = "draft"
    for name in ("cleared_on", "cleared_by", "published_on"):
        lesson.pop(name, None)
    lesson["what_we_learned"] = "Nobody asked who else lived in the home or came by at night"
    load(document)
    taken = "As we heard, nobody asked who else lived in the home or came by."
    assert uncleared_runs([taken])
    # Other words leave nothing of the former behind.
    load(document | {"lessons": [lesson | {"what_we_learned": "Other words"}, *document["lessons"][1:]]})
    assert not uncleared_runs([taken])


def test_records_are_counted_by_table(load: Load) -> None:
    assert load(whole()).as_json() == {
        "created": {
            "action": 4,
            "agency": 2,
            "area": 1,
            "challenge": 1,
            "group": 1,
            "lesson": 2,
            "partnership": 1,
            "person": 5,
            "published_figure": 2,
            "recommendation": 1,
            "review": 2,
            "theme": 3,
        },
        "updated": {},
        "unchanged": {},
        "problems": [],
    }


def test_a_second_load_changes_nothing_and_writes_nothing(loaded: Load) -> None:
    entries = select(func.count()).select_from(AuditEntry)
    before = current_session().scalar(entries)
    with statements() as sent:
        outcome = loaded(whole())
    assert outcome.created == outcome.updated == {}
    assert sum(outcome.unchanged.values()) == 25
    assert not [statement for statement in sent if statement.split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert current_session().scalar(entries) == before


def test_each_record_has_one_entry_with_its_payload_on_the_timeline_of_its_source(load: Load) -> None:
    with acting_as(Actor(7, "Somebody")):
        assert load(whole()).problems == []
    session = current_session()
    entries = session.scalars(select(AuditEntry)).all()
    assert len(entries) == 25
    assert {(entry.verb, entry.actor_id, entry.actor_name) for entry in entries} == {
        ("data.load", 7, "Somebody")
    }
    assert all(entry.payload is not None for entry in entries)
    lines = {entry.line for entry in timeline("review", "R-0001", with_reads=False)}
    assert {f"Loaded {ref} from a file" for ref in ("R-0001", "L-0001", "C-0001", "A-0001", "cases")} <= lines
    assert not {f"Loaded {ref} from a file" for ref in ("R-0002", "L-0002", "spend")} & lines
    found = verify(session)
    assert (found.entries, found.sealed, found.intact) == (25, 0, True), "they wait for their seals"


def test_no_mail_is_queued_and_nobody_gets_a_password(loaded: Load) -> None:
    session = current_session()
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    assert set(session.scalars(select(Person.password))) == {None}
    assert len(set(session.scalars(select(Person.fs_uniquifier)))) == 5


def test_references_of_a_file_are_never_given_again(loaded: Load) -> None:
    session = current_session()
    assert [next_reference(session, prefix) for prefix in "RLCA"] == ["R-0003", "L-0003", "C-0002", "A-0005"]
    session.rollback()


def test_kept_columns_are_what_the_one_function_says(loaded: Load) -> None:
    actions = current_session().scalars(select(Action).order_by(Action.ref)).all()
    columns = [column.key for column in Action.__table__.columns]
    before = [{name: getattr(action, name) for name in columns} for action in actions]
    for action in actions:
        keep(action, on=today())
    assert [{name: getattr(action, name) for name in columns} for action in actions] == before
    assert [action.colour for action in actions] == ["B", "A", "X", "X"]
    current_session().rollback()


def test_a_file_refers_to_what_earlier_files_brought(load: Load) -> None:
    document = whole()
    head = {name: document.pop(name) for name in ("format", "version")}
    for name in ("partnership", "areas", "agencies", "groups", "people", "themes"):
        assert load(head | {name: document.pop(name)}).problems == []
    assert load(head | {"reviews": document.pop("reviews")}).problems == []
    assert load(head | {"lessons": document.pop("lessons")}).problems == []
    assert load(head | document).created == {
        "action": 4,
        "challenge": 1,
        "published_figure": 2,
        "recommendation": 1,
    }


def test_a_narrower_theme_may_stand_before_its_broader_one(loaded: Load) -> None:
    document = {"format": "case-learning-tracker", "version": 1, "themes": whole()["themes"]}
    document["themes"][1]["name"] = "Practice itself"
    assert loaded(document).updated == {"theme": 1}
    assert loaded(document).unchanged == {"theme": 3}


def test_null_is_as_good_as_nothing(loaded: Load) -> None:
    document = whole()
    document["actions"][3] |= {"owner": None, "due_on": None, "details": None, "lessons": None}
    assert loaded(document).updated == {}


def test_the_number_of_statements_does_not_grow_with_the_file(loaded: Load) -> None:
    def cost(count: int) -> int:
        document = whole()
        draft = document["actions"][3]
        document["actions"] = [{**draft, "ref": f"A-{count * 10 + number}"} for number in range(count)]
        with statements() as sent:
            assert loaded(document).created == {"action": count}
        return len(sent)

    assert cost(101) == cost(202)


def test_what_only_the_database_refuses_is_one_problem_and_leaves_nothing(loaded: Load) -> None:
    document = whole()
    first, second, *_ = document["people"]
    # Right in the end, and refused on the way there.
    first["email"], second["email"] = second["email"], first["email"]
    document["areas"][0]["name"] = "The London Borough of Hackney"
    outcome = loaded(document)
    assert [(problem.path, problem.problem) for problem in outcome.problems] == [("", REFUSED)]
    assert outcome.updated == {}
    assert loaded(whole()).updated == {}


def test_what_the_database_refuses_leaves_the_callers_transaction_as_it_was(loaded: Load) -> None:
    document = whole()
    first, second, *_ = document["people"]
    first["email"], second["email"] = second["email"], first["email"]
    document["areas"][0]["name"] = "The London Borough of Hackney"
    session = current_session()
    assert [problem.problem for problem in load_document(document).problems] == [REFUSED]
    assert session.scalars(select(Area.name)).all() == ["Hackney"]
    session.rollback()


def test_a_file_may_begin_with_the_mark_that_some_programs_write(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text("\ufeff" + json.dumps(whole()), encoding="utf-8")
    assert load_file(path).problems == []
