"""Messages that are sent together by the thousand, which can be held as one and keep nobody else waiting."""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0014"
down_revision = "0013"

CLAIM = "ix_outbox_message_claim"


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
    op.drop_index(CLAIM, table_name="outbox_message")
    op.create_index(CLAIM, "outbox_message", ["state", "batch", "next_attempt_at", "id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index(CLAIM, table_name="outbox_message")
    op.drop_column("outbox_message", "batch")
    op.create_index(CLAIM, "outbox_message", ["state", "next_attempt_at", "id"])
    op.drop_table("outbox_batch")
