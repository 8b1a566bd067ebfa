"""What is to be done once something is committed, such as taking a redacted file away."""

from flask import Flask
from sqlalchemy import text

from app.core.database import current_session, once_committed


def test_what_follows_a_commit_waits_for_the_whole_and_happens_once(world: Flask) -> None:
    session, done = current_session(), list[str]()
    session.execute(text("SELECT 1"))
    once_committed(lambda _: done.append("gone"))
    with session.begin_nested():
        session.execute(text("SELECT 1"))
    assert done == []
    session.commit()
    assert done == ["gone"]
    session.execute(text("SELECT 1"))
    session.commit()
    assert done == ["gone"]


def test_what_follows_a_commit_never_happens_where_all_is_taken_back(world: Flask) -> None:
    session, done = current_session(), list[str]()
    session.execute(text("SELECT 1"))
    once_committed(lambda _: done.append("gone"))
    session.rollback()
    session.execute(text("SELECT 1"))
    session.commit()
    assert done == []
