"""A request that only reads cannot write: the guard and the database both refuse it."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.accounts.guard import _one_commit
from app.accounts.models import Area
from app.core.database import current_session


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_database_itself_refuses_to_write_for_a_request_that_reads(
    shared_app: Flask, app: Flask, method: str
) -> None:
    current_session().rollback()
    with shared_app.test_request_context("/", method=method):
        with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
            current_session().execute(text("UPDATE installation SET mode = 'production'"))
        current_session().rollback()


def test_the_guard_refuses_a_change_that_was_left_to_be_written(shared_app: Flask, app: Flask) -> None:
    with shared_app.test_request_context("/", method="GET"):
        current_session().add(Area(ref="new", name="New"))
        with pytest.raises(RuntimeError, match="only reads"):
            _one_commit(shared_app.response_class("a page"))
        current_session().rollback()


def test_a_request_that_changes_keeps_a_good_answer_and_drops_a_refused_one(
    shared_app: Flask, app: Flask
) -> None:
    for status, kept in ((302, 1), (422, 1), (303, 2)):
        with shared_app.test_request_context("/", method="POST"):
            current_session().add(Area(ref=f"new-{status}", name="New"))
            _one_commit(shared_app.response_class("a page", status=status))
            assert current_session().query(Area).count() == kept
            current_session().rollback()
