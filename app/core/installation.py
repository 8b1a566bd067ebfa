"""The one row that says what this database is: its mode and, in a demonstration, its day."""

from datetime import date
from enum import StrEnum

from flask import Flask, request
from sqlalchemy import CheckConstraint, Connection, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.database import Base, current_session


class Mode(StrEnum):
    """Whether the data is a demonstration or real; a database never changes sides."""

    DEMO = "demo"
    PRODUCTION = "production"


#: The last working day of the report year that the demonstration reproduces.
DEMONSTRATION_BEGINS_ON = date(2017, 3, 31)


class WrongMode(RuntimeError):
    """The database was made under the other mode; opening it would mix real cases with invented ones."""


class Installation(Base):
    """What this database is. Always exactly one row."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="only_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    #: The mode the database was first migrated under.
    mode: Mapped[str] = mapped_column(String(16))
    #: The demonstration's own today; null in production.
    demonstration_on: Mapped[date | None]
    #: The day up to which the scheduler steps the demonstration, day by day; null while it stands still.
    stepping_to_on: Mapped[date | None]


def demonstration_day(session: Session) -> date:
    """The day it is in the demonstration. Raises WrongMode where the database is not a demonstration."""
    day: date | None = session.scalar(select(Installation.demonstration_on))
    if day is None:
        raise WrongMode("this database holds no demonstration day; it was not made in demo mode")
    return day


def check_mode(session: Session | Connection, mode: Mode) -> None:
    """Raise WrongMode when the database was stamped with the other mode."""
    stamped = session.scalar(select(Installation.mode))
    if stamped != mode:
        raise WrongMode(
            f"TRACKER_MODE is {mode}, but this database was made in {stamped} mode; "
            "point DATABASE_URL at another database"
        )


def install_mode_check(app: Flask) -> None:
    """Refuse the first request when the database belongs to the other mode."""
    checked = False

    @app.before_request
    def check_once() -> None:
        nonlocal checked
        if not checked and request.endpoint != "static":
            try:
                check_mode(current_session(), Mode(app.config["TRACKER_MODE"]))
            except WrongMode as refusal:
                app.logger.error("%s", refusal)
                raise
            checked = True
