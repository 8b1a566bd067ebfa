"""How Alembic reaches the application's database; the same scripts run on SQLite and on PostgreSQL."""

from alembic import context
from click import ClickException
from flask import current_app
from sqlalchemy import inspect

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
    with database.engine.connect() as connection:
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


if context.is_offline_mode():
    raise SystemExit("Migrations need a database to work on; set DATABASE_URL.")
check()
run()
