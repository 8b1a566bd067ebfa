"""What the stage board of child deaths filters and sorts by, and pauses that nobody approved yet."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

#: Indexes of cases that the board's orders are served by.
INDEXES = {
    "ix_child_death_case_board": ["is_open", "stage_order", "stage_code", "sort_due_on", "id"],
    "ix_child_death_case_due": ["is_open", "sort_due_on", "id"],
    "ix_child_death_case_known": ["is_open", "known_on", "id"],
}


def upgrade() -> None:
    """Add the columns; a case that is here already gets its own at the next change, or by the day's job."""
    op.add_column(
        "child_death_case", sa.Column("stage_order", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "child_death_case",
        sa.Column("sort_due_on", sa.Date(), server_default="9999-12-31", nullable=False),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "child_death_case", columns)
    op.add_column("clock_pause", sa.Column("declined_on", sa.Date(), nullable=True))
    op.add_column("clock_pause", sa.Column("declined_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take them away. Pauses that nobody approved never held, and go with what says so."""
    op.execute("DELETE FROM clock_pause WHERE approved_by_id IS NULL")
    op.drop_column("clock_pause", "declined_reason")
    op.drop_column("clock_pause", "declined_on")
    for name in INDEXES:
        op.drop_index(name, "child_death_case")
    op.drop_column("child_death_case", "sort_due_on")
    op.drop_column("child_death_case", "stage_order")
