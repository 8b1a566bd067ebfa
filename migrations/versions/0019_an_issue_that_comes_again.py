"""An issue may bring an earlier one again to those of its readers who followed no link in it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = op.f("fk_briefing_issue_brings_again_id_briefing_issue")


def upgrade() -> None:
    """Add it; no issue here brings another again."""
    with op.batch_alter_table("briefing_issue") as batch:
        batch.add_column(sa.Column("brings_again_id", ROW_ID, nullable=True))
        batch.create_foreign_key(NAME, "briefing_issue", ["brings_again_id"], ["id"])


def downgrade() -> None:
    """Take it away; what brought another again stays as an issue of its own."""
    with op.batch_alter_table("briefing_issue") as batch:
        batch.drop_constraint(NAME, type_="foreignkey")
        batch.drop_column("brings_again_id")
