"""How Alembic reaches the application's database; the same scripts run on SQLite and on PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from click import ClickException
from flask import current_app
from sqlalchemy import Connection, inspect

from app.core.database import Base
from app.core.installation import Mode, WrongMode, check_mode

database = current_app.extensions["migrate"].db


def check() -> None:
    """Refuse a database that was made in the other mode, before anything in it changes."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("installation"):
            return
        try:
            check_mode(connection, Mode(current_app.config["TRACKER_MODE"]))
        except WrongMode as refusal:
            raise ClickException(str(refusal)) from refusal


def run() -> None:
    """Run the migrations, each whole in a transaction of its own or not at all."""
    with database.engine.connect() as connection, _references_unchecked(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transactional_ddl=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def _references_unchecked(connection: Connection) -> Iterator[None]:
    """Let SQLite replace a table that others refer to, which is how it changes one; PostgreSQL has no need.

    Whatever then refers to nothing would have been lost on the way, and is refused. SQLite heeds the setting
    only outside of a transaction.
    """
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        yield
        return
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
        lost = raw.execute("PRAGMA foreign_key_check").fetchall()
        if lost:
            raise ClickException(f"After the migrations {len(lost)} rows refer to rows that are not there.")
    finally:
        raw.execute("PRAGMA foreign_keys = ON")


if context.is_offline_mode():
    raise SystemExit("Migrations need a database to work on; set DATABASE_URL.")
check()
run()
