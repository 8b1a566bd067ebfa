"""What an issue said of a training stays said: its day and place, and a digest that shows a change."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

COLUMNS = (
    sa.Column("event_on", sa.Date(), nullable=True),
    sa.Column("event_where", sa.String(length=200), nullable=True),
    sa.Column("event_digest", sa.String(length=64), nullable=True),
)


def upgrade() -> None:
    """Add them. Of issues that were cleared before, what the training says today is what is read."""
    with op.batch_alter_table("briefing_item") as table:
        for column in COLUMNS:
            table.add_column(column)


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("briefing_item") as table:
        for column in reversed(COLUMNS):
            table.drop_column(column.name)
