"""How long what is kept of readers stays; what was sent to one who is erased hangs on nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

WITHOUT_READER = "SELECT id FROM delivery WHERE subscriber_id IS NULL"
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Thirteen months, as it was up to now; deliveries may lose their readers."""
    with op.batch_alter_table("briefing_settings") as batch:
        batch.add_column(sa.Column("months_kept", sa.Integer(), server_default="13", nullable=False))
        batch.create_check_constraint(
            op.f("ck_briefing_settings_months_kept"), "months_kept BETWEEN 2 AND 36"
        )
    with op.batch_alter_table("delivery") as batch:
        batch.alter_column("subscriber_id", existing_type=ROW_ID, nullable=True)


def downgrade() -> None:
    """Take it away; what hangs on nobody has no place any more."""
    for table in ("briefing_click", "briefing_opening", "bounce"):
        op.execute(f"DELETE FROM {table} WHERE delivery_id IN ({WITHOUT_READER})")
    op.execute("DELETE FROM delivery WHERE subscriber_id IS NULL")
    with op.batch_alter_table("delivery") as batch:
        batch.alter_column("subscriber_id", existing_type=ROW_ID, nullable=False)
    with op.batch_alter_table("briefing_settings") as batch:
        batch.drop_constraint(op.f("ck_briefing_settings_months_kept"), type_="check")
        batch.drop_column("months_kept")
