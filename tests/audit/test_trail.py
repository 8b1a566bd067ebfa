"""The audit trail: appended to, never changed, sealed into a chain that shows every tampering."""

import threading

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.audit import queries
from app.audit.models import AuditEntry, AuditSeal
from app.audit.operations import Subject, record, seal
from app.core.acting import Actor, acting_as
from app.core.database import current_session, db

SUBJECT = Subject("action", "A-0001", "R-0001")


def _record(times: int = 1, *, before: dict[str, str] | None = None) -> list[AuditEntry]:
    entries = [
        record(
            verb="action.update",
            subject=SUBJECT,
            line=f"Updated A-0001, {n}",
            before=before,
            after={"a": str(n)},
        )
        for n in range(times)
    ]
    current_session().commit()
    return entries


def _seal_all() -> int:
    total = 0
    while sealed := seal(session=current_session()):
        current_session().commit()
        total += sealed
    return total


def _tamper(statement: str) -> None:
    """Change a row behind the triggers' back, as somebody with the database's own password could."""
    session = current_session()
    if db.engine.dialect.name == "postgresql":
        session.execute(text("SET session_replication_role = replica"))
        session.execute(text(statement))
        session.execute(text("SET session_replication_role = origin"))
    else:
        triggers = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in triggers:
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text(statement))
        for _, sql in triggers:
            session.execute(text(sql))
    session.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET line = 'something else'",
        "UPDATE audit_entry SET line = line",
        "UPDATE audit_entry SET line = line WHERE verb = 'action.update'",
        "DELETE FROM audit_entry",
        "UPDATE audit_payload SET body = body",
        "DELETE FROM audit_payload",
        "UPDATE audit_seal SET link = link",
        "DELETE FROM audit_seal",
    ],
)
def test_the_database_refuses_every_change_of_the_trail(app: Flask, statement: str) -> None:
    _record(2)
    _seal_all()
    with pytest.raises(DBAPIError, match="never changed"):
        current_session().execute(text(statement))
    current_session().rollback()


def test_replacing_a_row_is_refused_too(app: Flask) -> None:
    if db.engine.dialect.name == "postgresql":
        statement = "TRUNCATE audit_entry CASCADE"
    else:
        statement = "INSERT OR REPLACE INTO audit_seal SELECT * FROM audit_seal"
    _record(2)
    _seal_all()
    with pytest.raises(DBAPIError, match="never changed"):
        current_session().execute(text(statement))
    current_session().rollback()


def test_sealing_covers_every_entry_once_and_the_chain_holds(app: Flask) -> None:
    _record(7)
    assert _seal_all() == 7
    assert _seal_all() == 0
    _record(2)
    assert _seal_all() == 2
    verified = queries.verify(current_session())
    assert (verified.entries, verified.sealed, verified.intact, verified.first_bad) == (9, 9, True, None)
    last = current_session().query(AuditSeal).order_by(AuditSeal.position.desc()).limit(1).one()
    assert verified.head == last.link


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET line = 'Nothing happened' WHERE id = {id}",
        "UPDATE audit_entry SET actor_name = 'Somebody else' WHERE id = {id}",
        "UPDATE audit_entry SET is_read = NOT is_read WHERE id = {id}",
        "UPDATE audit_payload SET body = '{{}}' WHERE entry_id = {id}",
        "DELETE FROM audit_payload WHERE entry_id = {id}",
        "UPDATE audit_seal SET link = 'forged' WHERE entry_id = {id}",
    ],
)
def test_tampering_is_found_at_the_entry_it_touched(app: Flask, statement: str) -> None:
    entries = _record(5)
    target = entries[2].id
    _seal_all()
    _tamper(statement.format(id=target))
    verified = queries.verify(current_session())
    assert (verified.intact, verified.first_bad) == (False, target)


def test_an_entry_hidden_from_the_sealing_job_is_found(app: Flask) -> None:
    hidden = _record(3)[1].id
    _tamper(f"DELETE FROM audit_unsealed WHERE entry_id = {hidden}")
    _seal_all()
    verified = queries.verify(current_session())
    assert (verified.intact, verified.first_bad) == (False, hidden)


def test_what_was_written_since_the_last_sealing_waits_and_is_not_called_bad(app: Flask) -> None:
    _record(3)
    _seal_all()
    _record(2)
    verified = queries.verify(current_session())
    assert (verified.entries, verified.sealed, verified.intact, verified.first_bad) == (5, 3, True, None)


def test_the_last_entry_is_missed_too(app: Flask) -> None:
    last = _record(3)[-1].id
    _seal_all()
    current_session().execute(text("DELETE FROM audit_unsealed"))
    current_session().commit()
    _remove_behind_the_keys(last)
    verified = queries.verify(current_session())
    assert (verified.intact, verified.first_bad) == (False, last)


def _remove_behind_the_keys(entry_id: int) -> None:
    """Remove an entry and its payload though a seal names it."""
    removal = [
        f"DELETE FROM {table} = {entry_id}"
        for table in ("audit_payload WHERE entry_id", "audit_entry WHERE id")
    ]
    if db.engine.dialect.name == "postgresql":
        for statement in removal:
            _tamper(statement)
        return
    db.session.remove()
    raw = db.engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    triggers = cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for statement in (*(f"DROP TRIGGER {name}" for (name,) in triggers), *removal):
        cursor.execute(statement)
    cursor.execute("PRAGMA foreign_keys = ON")
    raw.close()


def test_of_two_sealing_jobs_at_once_the_slower_leaves_the_rest_to_its_next_turn(app: Flask) -> None:
    _record(40)
    db.engine.dispose()
    ready, sealed = threading.Barrier(2, timeout=20), []

    def work() -> None:
        with app.app_context():
            ready.wait()
            sealed.append(seal(session=current_session()))
            current_session().commit()

    jobs = [threading.Thread(target=work) for _ in range(2)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(20)
    assert sorted(sealed) == [0, 40]
    assert queries.verify(current_session()).intact


def test_a_payload_holds_only_what_changed_and_its_digest_is_salted(app: Flask) -> None:
    entries = [
        record(
            verb="action.change",
            subject=SUBJECT,
            line="Changed A-0001",
            before={"title": "old", "owner": "same"},
            after={"title": "new", "owner": "same"},
        )
        for _ in range(2)
    ]
    current_session().commit()
    payload = entries[0].payload
    assert payload is not None
    assert payload.body == '{"after": {"title": "new"}, "before": {"title": "old"}}'
    assert entries[0].payload_digest != entries[1].payload_digest


def test_an_entry_names_its_author_and_both_clocks(app: Flask) -> None:
    with acting_as(Actor(7, "Somebody")):
        (entry,) = _record()
    assert (entry.actor_id, entry.actor_name) == (7, "Somebody")
    assert entry.business_on.isoformat() == "2017-03-31"
    assert entry.recorded_at.year >= 2026


def test_a_source_has_its_whole_thread_on_its_timeline(app: Flask) -> None:
    _record()
    record(
        verb="review.read", subject=Subject("review", "R-0001", "R-0001"), line="Opened R-0001", is_read=True
    )
    record(verb="action.update", subject=Subject("action", "A-0009", "R-0002"), line="Updated A-0009")
    current_session().commit()
    assert len(queries.timeline("review", "R-0001", with_reads=True)) == 2
    assert len(queries.timeline("review", "R-0001", with_reads=False)) == 1
    assert len(queries.timeline("action", "A-0001", with_reads=False)) == 1
