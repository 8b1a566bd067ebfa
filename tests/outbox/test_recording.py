"""A database that is busy, away or refuses: nothing is sent that cannot be recorded, and nothing is lost."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from app.core.database import current_session
from app.core.patience import CannotRecord
from app.outbox.models import OutboxMessage, State
from app.outbox.sender import SendOutcome, send
from tests.support.notes import note, write_notes
from tests.support.smtp_server import RunningServer

#: Longer than SQLite waits for another writer by itself.
LOCKED_SECONDS = 5.5


@contextmanager
def database_that_refuses(state: State) -> Iterator[None]:
    """No message may come to the state, as if the disk were full just then."""
    session = current_session()
    if session.get_bind().dialect.name == "sqlite":
        makes = [
            "CREATE TRIGGER refuses BEFORE UPDATE ON outbox_message "
            f"WHEN NEW.state = '{state}' BEGIN SELECT RAISE(ABORT, 'no room'); END"
        ]
        drops = ["DROP TRIGGER refuses"]
    else:
        makes = [
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'no room'; END $$",
            "CREATE TRIGGER refuses BEFORE UPDATE ON outbox_message "
            f"FOR EACH ROW WHEN (NEW.state = '{state}') EXECUTE FUNCTION refuse()",
        ]
        drops = ["DROP TRIGGER refuses ON outbox_message", "DROP FUNCTION refuse"]
    for statement in makes:
        session.execute(text(statement))
    session.commit()
    yield
    for statement in drops:
        session.execute(text(statement))
    session.commit()


def disturb(database_url: str) -> None:
    """Lock SQLite's file for longer than anyone waits; cut every line to PostgreSQL."""
    if not database_url.startswith("sqlite"):
        with psycopg.connect(database_url, autocommit=True) as line:
            line.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        return
    locked = threading.Event()

    def lock() -> None:
        path = database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as file:
            file.execute("BEGIN EXCLUSIVE")
            locked.set()
            threading.Event().wait(LOCKED_SECONDS)
            file.execute("ROLLBACK")

    threading.Thread(target=lock, daemon=True).start()
    assert locked.wait(10)


def test_what_cannot_be_begun_in_the_database_is_not_sent(app: Flask, server: RunningServer) -> None:
    write_notes("n:1", "n:2")
    with database_that_refuses(State.SENDING):
        with pytest.raises(CannotRecord):
            send(until_empty=True)
        assert server.received.envelopes == []
        assert (note("n:1").state, note("n:1").claimed_by) == (State.QUEUED, None)
    assert send(until_empty=True).sent == 2


def test_a_sender_that_cannot_record_what_it_sent_sends_nothing_more(
    app: Flask, server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "OUTBOX_LEASE_SECONDS", 1)
    write_notes("n:1", "n:2", "n:3")
    with database_that_refuses(State.SENT), pytest.raises(CannotRecord):
        send(until_empty=True)
    assert server.received.recipients == ["n.1@example.org"]
    assert note("n:1").state == State.SENDING
    current_session().query(OutboxMessage).update({"lease_until": OutboxMessage.queued_at})
    current_session().commit()
    assert send(until_empty=True) == SendOutcome(sent=3, retrying=0, failed=0, uncertain=0, waiting=0)
    assert note("n:1").doubtful
    assert server.received.times[note("n:1").message_id] == 2


def test_a_sender_whose_database_is_away_for_a_while_waits_and_goes_on(
    app: Flask, server: RunningServer, database_url: str
) -> None:
    write_notes(*(f"n:{number}" for number in range(6)))
    disturbed: list[bool] = []

    def after_the_third() -> bool:
        if len(server.received.envelopes) == 3 and not disturbed:
            disturbed.append(True)
            disturb(database_url)
        return False

    assert send(until_empty=True, stopping=after_the_third).sent == 6
    assert disturbed
    assert set(server.received.times.values()) == {1}
    assert not current_session().query(OutboxMessage).filter_by(doubtful=True).count()
