"""Addresses that readers moved from can be moved back to; refusals by the hundred wait for an editor; what
readers say is kept by its day alone.
"""

from datetime import UTC, datetime, time

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection

from app.core.clock import london
from app.core.database import UtcDateTime

revision = "0018"
down_revision = "0017"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SAID = sa.table(
    "briefing_feedback",
    sa.column("id", ROW_ID),
    sa.column("given_at", UtcDateTime()),
    sa.column("given_on", sa.Date()),
)


def upgrade() -> None:
    """Add what is new, and forget the time at which a reader said something."""
    op.create_table(
        "moved_address",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("subscriber_id", ROW_ID, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("had_account", sa.Boolean(), nullable=False),
        sa.Column("may_be_undone", sa.Boolean(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_moved_address_subscriber_id_subscriber")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moved_address")),
        sa.UniqueConstraint("token", name=op.f("uq_moved_address_token")),
    )
    op.create_index(op.f("ix_moved_address_subscriber_id"), "moved_address", ["subscriber_id"])
    op.create_index("ix_moved_address_moved", "moved_address", ["moved_at"])
    op.add_column("sign_up", sa.Column("times", sa.Integer(), server_default="1", nullable=False))
    op.add_column("bounce", sa.Column("is_held", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_bounce_held",
        "bounce",
        ["subscriber_id"],
        sqlite_where=sa.text("is_held = 1"),
        postgresql_where=sa.text("is_held"),
    )
    op.add_column("briefing_feedback", sa.Column("given_on", sa.Date(), nullable=True))
    _keep_days(op.get_bind())
    with op.batch_alter_table("briefing_feedback") as batch:
        batch.alter_column("given_on", existing_type=sa.Date(), nullable=False)
        batch.drop_column("given_at")


def downgrade() -> None:
    """Take it away; midday stands in for a time that nobody knows any more."""
    op.add_column("briefing_feedback", sa.Column("given_at", UtcDateTime(), nullable=True))
    connection = op.get_bind()
    for number, day in connection.execute(sa.select(SAID.c.id, SAID.c.given_on)).all():
        at = datetime.combine(day, time(12), UTC)
        connection.execute(sa.update(SAID).where(SAID.c.id == number).values(given_at=at))
    with op.batch_alter_table("briefing_feedback") as batch:
        batch.alter_column("given_at", existing_type=UtcDateTime(), nullable=False)
        batch.drop_column("given_on")
    op.drop_index("ix_bounce_held", table_name="bounce")
    op.drop_column("bounce", "is_held")
    op.drop_column("sign_up", "times")
    op.drop_table("moved_address")


def _keep_days(connection: Connection) -> None:
    for number, at in connection.execute(sa.select(SAID.c.id, SAID.c.given_at)).all():
        day = london(at).date()
        connection.execute(sa.update(SAID).where(SAID.c.id == number).values(given_on=day))
