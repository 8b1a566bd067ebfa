"""The content of a file may be redacted; what an agency has sent is found by its own index."""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Let a file say when it was redacted, and index the actions of an agency by where they stand."""
    op.add_column("stored_file", sa.Column("redacted_at", UtcDateTime()))
    op.create_index("ix_action_agency_status", "action", ["agency_id", "status", "ref"])


def downgrade() -> None:
    """Take both away again."""
    op.drop_index("ix_action_agency_status", table_name="action")
    op.drop_column("stored_file", "redacted_at")
