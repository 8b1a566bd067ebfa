"""The outbox's indexes hold only what somebody looks for: what waits, and what came to no good end."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

TABLE = "outbox_message"
CLAIM, LEASE, STATE = (f"ix_outbox_message_{name}" for name in ("claim", "lease", "state"))
QUEUED = sa.text("state = 'queued'")
NOT_QUEUED_OR_SENT = sa.text(
    "state = 'sending' OR state = 'failed' OR state = 'uncertain' OR state = 'cancelled'"
)
HAS_LEASE = sa.text("lease_until IS NOT NULL")


def upgrade() -> None:
    """Each mark of a message writes into every index that its row is in: thousands of times in an issue."""
    op.drop_index(CLAIM, table_name=TABLE)
    op.drop_index(LEASE, table_name=TABLE)
    _create(CLAIM, ["batch", "next_attempt_at", "id"], QUEUED)
    _create(STATE, ["state", "id"], NOT_QUEUED_OR_SENT)


def downgrade() -> None:
    """Put every row into them again."""
    op.drop_index(STATE, table_name=TABLE)
    op.drop_index(CLAIM, table_name=TABLE)
    op.create_index(CLAIM, TABLE, ["state", "batch", "next_attempt_at", "id"])
    _create(LEASE, ["lease_until"], HAS_LEASE)


def _create(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, TABLE, columns, sqlite_where=where, postgresql_where=where)
