"""A statement that is a transaction of its own: kept once it is done, and no trace of it where it fails."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import bindparam, text, update

from app.core.database import UtcDateTime, current_session, db
from app.core.quick import DRIVER_ERRORS, QuickLine, QuickStatement
from app.outbox.models import OutboxBatch
from app.outbox.operations import batches

TABLE = OutboxBatch.metadata.tables[OutboxBatch.__tablename__]
HOLD = QuickStatement(
    update(TABLE)
    .where(TABLE.c.name == bindparam("called"))
    .values(held_at=bindparam("moment", type_=UtcDateTime), refused_in_a_row=bindparam("number"))
    .returning(TABLE.c.name, TABLE.c.refused_in_a_row)
)
MOMENT = datetime(2017, 4, 3, 9, 30, tzinfo=UTC)


@pytest.fixture
def batch(app: Flask) -> None:
    """A batch, with no transaction left open."""
    batches.open_batch(name="B-0001")
    current_session().commit()


def held() -> tuple[datetime | None, int]:
    session = current_session()
    session.rollback()
    found = session.get_one(OutboxBatch, "B-0001", populate_existing=True)
    told = found.held_at, found.refused_in_a_row
    session.rollback()
    return told


def test_what_it_did_is_kept_at_once_and_values_are_written_as_everywhere(batch: None) -> None:
    line = QuickLine(db.engine)
    values = {"called": "B-0001", "moment": MOMENT, "number": 2}
    assert [tuple(row) for row in line.execute(HOLD, values)] == [("B-0001", 2)]
    assert held() == (MOMENT, 2)
    assert line.execute(HOLD, {**values, "called": "B-0002"}) == []
    line.close()


def test_one_that_is_refused_leaves_nothing_and_the_next_goes_on(batch: None) -> None:
    line = QuickLine(db.engine)
    with pytest.raises(DRIVER_ERRORS):
        line.execute(HOLD, {"called": "B-0001", "moment": MOMENT, "number": -1})
    assert held() == (None, 0)
    line.execute(HOLD, {"called": "B-0001", "moment": None, "number": 3})
    assert held() == (None, 3)
    line.close()


@pytest.mark.parametrize("broken", [False, True])
def test_the_connection_begins_transactions_again_once_it_is_given_back(batch: None, broken: bool) -> None:
    line = QuickLine(db.engine)
    line.execute(HOLD, {"called": "B-0001", "moment": None, "number": 1})
    line.close(broken=broken)
    for _ in range(3):
        current_session().execute(text("UPDATE outbox_batch SET refused_in_a_row = 9"))
        current_session().rollback()
        db.session.remove()
    assert held() == (None, 1)
