"""A session's times. They stand in its signed cookie: a page that only reads writes nothing anywhere else."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, current_app, g, session
from flask_security import login_user

from app.accounts.models import Person
from app.accounts.signing_in import queries, rules
from app.core.clock import machine_now

BEGAN, SEEN = "began", "seen"


def begin_session(person: Person) -> None:
    """Sign a person in, in a session that keeps nothing of the one before: neither its token nor its id."""
    end_session()
    login_user(person, remember=False, authn_via=["password"])
    now = machine_now().timestamp()
    session[BEGAN], session[SEEN] = now, now


def end_session() -> None:
    """Empty the session of the browser at hand."""
    session.clear()
    # Flask-WTF remembers for the length of a request what it put there.
    g.pop("csrf_token", None)


def install_sessions(app: Flask) -> None:
    """Let a session name a person only while it lasts."""

    def load(uniquifier: str) -> Person | None:
        return None if is_over() else queries.person_of_session(str(uniquifier))

    app.login_manager.user_loader(load)  # type: ignore[attr-defined]


def is_over() -> bool:
    """Whether the session at hand has ended, by time."""
    times = _times()
    return times is None or times.is_over(machine_now())


def was_signed_in() -> bool:
    """Whether the session at hand was ever somebody's."""
    return "_user_id" in session


def note_use() -> None:
    """Note that the session is in use."""
    times, now = _times(), machine_now()
    if times is not None and now - times.seen_at >= rules.NOTED_EVERY:
        session[SEEN] = now.timestamp()


def use_now() -> None:
    """Note that the session is in use, to the second."""
    session[SEEN] = machine_now().timestamp()


def seconds_left() -> int:
    """In how many seconds the session ends unless it is used again."""
    times = _times()
    return 0 if times is None else max(0, int((times.ends_at - machine_now()).total_seconds()))


def _times() -> rules.SessionTimes | None:
    began, seen = _moment(session.get(BEGAN)), _moment(session.get(SEEN))
    if began is None or seen is None:
        return None
    return rules.SessionTimes(
        began_at=began,
        seen_at=seen,
        idle=timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"]),
        longest=timedelta(hours=current_app.config["SESSION_HOURS"]),
    )


def _moment(value: Any) -> datetime | None:
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else None
