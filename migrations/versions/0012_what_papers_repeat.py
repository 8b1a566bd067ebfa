"""Which texts the papers of panels repeat, so that a redaction finds them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the digests; papers that are here already have none."""
    op.add_column("meeting_paper", sa.Column("text_digests", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("meeting_paper", "text_digests")
