"""Messages that are sent together by the thousand, which can be held as one and keep nobody else waiting."""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0014"
down_revision = "0013"

CLAIM, LEASE, RECIPIENT = (f"ix_outbox_message_{name}" for name in ("claim", "lease", "recipient"))
HAS_LEASE, HAS_RECIPIENT = sa.text("lease_until IS NOT NULL"), sa.text("recipient_id IS NOT NULL")


def upgrade() -> None:
    """Add what belongs together; messages that are here already stand alone."""
    op.create_table(
        "outbox_batch",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("held_at", UtcDateTime(), nullable=True),
        sa.Column("held_reason", sa.String(length=500), nullable=True),
        sa.Column("hold_after", sa.Integer(), nullable=True),
        sa.Column("refused_in_a_row", sa.Integer(), nullable=False),
        sa.Column("paced_until_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("refused_in_a_row >= 0", name=op.f("ck_outbox_batch_refused")),
        sa.CheckConstraint("hold_after IS NULL OR hold_after > 0", name=op.f("ck_outbox_batch_hold_after")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_outbox_batch")),
    )
    op.add_column("outbox_message", sa.Column("batch", sa.String(length=64), nullable=True))
    _drop_indexes()
    op.create_index(CLAIM, "outbox_message", ["state", "batch", "next_attempt_at", "id"])
    # Of rows that have one, or every mark of a message would write into these too.
    op.create_index(
        LEASE, "outbox_message", ["lease_until"], sqlite_where=HAS_LEASE, postgresql_where=HAS_LEASE
    )
    op.create_index(
        RECIPIENT,
        "outbox_message",
        ["recipient_id", "kind", "state"],
        sqlite_where=HAS_RECIPIENT,
        postgresql_where=HAS_RECIPIENT,
    )


def downgrade() -> None:
    """Take it away."""
    _drop_indexes()
    op.drop_column("outbox_message", "batch")
    op.create_index(CLAIM, "outbox_message", ["state", "next_attempt_at", "id"])
    op.create_index(LEASE, "outbox_message", ["state", "lease_until"])
    op.create_index(RECIPIENT, "outbox_message", ["recipient_id", "kind", "state"])
    op.drop_table("outbox_batch")


def _drop_indexes() -> None:
    for name in (CLAIM, LEASE, RECIPIENT):
        op.drop_index(name, table_name="outbox_message")
