"""One head for every thread: sources of each kind share a table, which all that comes of them refers to."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: What every source has, which stood in the table of reviews until now.
SHARED = ("ref", "group_id", "is_restricted", "caption", "withdrawn_on", "withdrawn_reason")

#: Tables whose rows belong to a source, with their checks: SQLite makes a table anew to change it, and would
#: forget them.
CHECKS = {
    "action": {
        "due_dates_together": "(first_due_on IS NULL) = (due_on IS NULL)",
        "due_unless_draft": "status = 'draft' OR status = 'withdrawn' OR due_on IS NOT NULL",
    },
    "challenge": {"kind": "kind IN ('challenge', 'escalation')"},
    "lesson": {
        "kind": "kind IN ('lesson', 'strength')",
        "sharing": "sharing IN ('draft', 'cleared', 'published')",
    },
    "recommendation": {},
}

#: The columns that follow the source in the index over it.
INDEXED_WITH = {"action": ["ref"], "challenge": [], "lesson": ["kind", "number"]}

#: Indexes of reviews by what they begin with. References, which they ended with, stand elsewhere now.
OF_REVIEWS = {
    "ix_review_last_stage": "stage_reached_on",
    "ix_review_stage": "stage_code",
    "ix_review_type": "review_type",
    "ix_review_year": "report_year_start",
}


def upgrade() -> None:
    """Move what every source has into a table of its own, under the row numbers that reviews have already."""
    op.add_column(
        "group", sa.Column("reviews_child_deaths", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    _create_source()
    shared = ", ".join(SHARED)
    op.execute(f"INSERT INTO source (id, kind, {shared}) SELECT id, 'review', {shared} FROM review")
    for table in CHECKS:
        _lead(table, "review", "source")
    with op.batch_alter_table("review") as batch:
        batch.add_column(sa.Column("is_referred", sa.Boolean(), server_default=sa.false(), nullable=False))
        for name, column in OF_REVIEWS.items():
            batch.drop_index(name)
            batch.create_index(name, [column, "id"])
        batch.drop_index("ix_review_group")
        batch.drop_index("ix_review_is_restricted")
        batch.drop_constraint("uq_review_ref", type_="unique")
        batch.drop_constraint("fk_review_group_id_group", type_="foreignkey")
        for column in SHARED:
            batch.drop_column(column)
        batch.create_foreign_key("fk_review_id_source", "source", ["id"], ["id"])
    if not _on_sqlite():
        op.execute("ALTER TABLE review ALTER COLUMN id DROP DEFAULT")
        op.execute("DROP SEQUENCE review_id_seq")
        _count_on("source")


def downgrade() -> None:
    """Give reviews back what they share; every source is a review by now."""
    with op.batch_alter_table("review") as batch:
        batch.drop_constraint("fk_review_id_source", type_="foreignkey")
        batch.add_column(sa.Column("ref", sa.String(16)))
        batch.add_column(sa.Column("caption", sa.String(200)))
        batch.add_column(sa.Column("group_id", ROW_ID))
        batch.add_column(sa.Column("is_restricted", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("withdrawn_on", sa.Date()))
        batch.add_column(sa.Column("withdrawn_reason", sa.Text()))
        batch.drop_column("is_referred")
    for column in SHARED:
        op.execute(f"UPDATE review SET {column} = (SELECT {column} FROM source WHERE source.id = review.id)")
    with op.batch_alter_table("review") as batch:
        for column, kind in (("ref", sa.String(16)), ("caption", sa.String(200)), ("group_id", ROW_ID)):
            batch.alter_column(column, existing_type=kind, nullable=False)
        batch.create_foreign_key("fk_review_group_id_group", "group", ["group_id"], ["id"])
        batch.create_unique_constraint("uq_review_ref", ["ref"])
        batch.create_index("ix_review_group", ["group_id", "ref"])
        batch.create_index("ix_review_is_restricted", ["is_restricted"])
        for name, column in OF_REVIEWS.items():
            batch.drop_index(name)
            batch.create_index(name, [column, "ref"])
    if not _on_sqlite():
        op.execute("CREATE SEQUENCE review_id_seq OWNED BY review.id")
        op.execute("ALTER TABLE review ALTER COLUMN id SET DEFAULT nextval('review_id_seq')")
        _count_on("review")
    for table in reversed(CHECKS):
        _lead(table, "source", "review")
    op.drop_table("source")
    op.drop_column("group", "reviews_child_deaths")


def _lead(table: str, old: str, new: str) -> None:
    """Let the rows of a table lead to their source through another table, by the same numbers."""
    checks = [
        sa.CheckConstraint(words, name=op.f(f"ck_{table}_{name}")) for name, words in CHECKS[table].items()
    ]
    with op.batch_alter_table(table, table_args=checks) as batch:
        batch.drop_constraint(f"fk_{table}_{old}_id_{old}", type_="foreignkey")
        if table in INDEXED_WITH:
            batch.drop_index(f"ix_{table}_{old}")
        else:
            batch.drop_constraint(f"uq_{table}_{old}_id_number", type_="unique")
        batch.alter_column(f"{old}_id", new_column_name=f"{new}_id", existing_type=ROW_ID)
    with op.batch_alter_table(table, table_args=checks) as batch:
        batch.create_foreign_key(f"fk_{table}_{new}_id_{new}", new, [f"{new}_id"], ["id"])
        if table in INDEXED_WITH:
            batch.create_index(f"ix_{table}_{new}", [f"{new}_id", *INDEXED_WITH[table]])
        else:
            batch.create_unique_constraint(f"uq_{table}_{new}_id_number", [f"{new}_id", "number"])


def _on_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _count_on(table: str) -> None:
    """Let PostgreSQL number new rows after those there are."""
    op.execute(f"SELECT setval('{table}_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)")


def _create_source() -> None:
    op.create_table(
        "source",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("group_id", ROW_ID, nullable=False),
        sa.Column("is_restricted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("caption", sa.String(length=200), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_source_group_id_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("ref", name=op.f("uq_source_ref")),
    )
    op.create_index("ix_source_group", "source", ["group_id", "ref"])
    op.create_index(op.f("ix_source_is_restricted"), "source", ["is_restricted"])
    op.create_index("ix_source_kind", "source", ["kind", "ref"])
