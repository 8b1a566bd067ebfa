"""Readers are asked whether they still want the briefing, one round at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the rounds, and who was asked in each."""
    op.create_table(
        "reconfirmation",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("asks_imported", sa.Boolean(), nullable=False),
        sa.Column("confirmed_before", sa.Date(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("asked_up_to", ROW_ID, nullable=False),
        sa.Column("all_asked", sa.Boolean(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("asked", "confirmed", "taken_off", "not_reached")
        ),
        sa.CheckConstraint("is_open IS NULL OR is_open", name=op.f("ck_reconfirmation_is_open")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconfirmation")),
        sa.UniqueConstraint("is_open", name=op.f("uq_reconfirmation_is_open")),
        sa.UniqueConstraint("ref", name=op.f("uq_reconfirmation_ref")),
    )
    op.create_table(
        "asked_again",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("reconfirmation_id", ROW_ID, nullable=False),
        sa.Column("subscriber_id", ROW_ID, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["reconfirmation_id"],
            ["reconfirmation.id"],
            name=op.f("fk_asked_again_reconfirmation_id_reconfirmation"),
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_asked_again_subscriber_id_subscriber")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_again")),
        sa.UniqueConstraint(
            "reconfirmation_id", "subscriber_id", name=op.f("uq_asked_again_reconfirmation_id_subscriber_id")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_asked_again_token")),
    )
    op.create_index("ix_asked_again_outcome", "asked_again", ["reconfirmation_id", "outcome", "id"])
    op.create_index("ix_asked_again_subscriber", "asked_again", ["subscriber_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("asked_again")
    op.drop_table("reconfirmation")
