"""The figures of child deaths: stated ones, populations, what was computed, issues, overrides and charts."""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0008"
down_revision = "0007"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: In the order they are made.
TABLES = (
    "stated_figure",
    "population",
    "figures_state",
    "figures_kept",
    "figures_issue",
    "figures_year",
    "figures_override",
    "figures_chart",
)


def upgrade() -> None:
    """Make the tables, and the one row that says how far the data have moved on."""
    standing = sa.text("withdrawn_on IS NULL")
    op.create_table(
        "stated_figure",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=24), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        *_stated(),
        *_provenance(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stated_figure")),
        sa.UniqueConstraint("ref", name=op.f("uq_stated_figure_ref")),
    )
    op.create_index(
        "uq_stated_figure_standing",
        "stated_figure",
        ["code", "report_year_start"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "population",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("area_id", ROW_ID, nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        *_stated(),
        *_provenance(),
        sa.CheckConstraint("kind IN ('live_births', 'aged_1_to_17')", name=op.f("ck_population_kind")),
        sa.CheckConstraint("number > 0", name=op.f("ck_population_number")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_population_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_population")),
        sa.UniqueConstraint("ref", name=op.f("uq_population_ref")),
    )
    op.create_index("ix_population_year", "population", ["report_year_start", "kind", "area_id"])
    op.create_table(
        "figures_state",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("problem_version", sa.Integer(), nullable=True),
        sa.Column("claim", sa.String(length=40), nullable=True),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures_state")),
    )
    op.create_table(
        "figures_kept",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("computed_at", UtcDateTime(), nullable=False),
        sa.Column("extracted_on", sa.Date(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("stamp", sa.String(length=80), nullable=False),
        sa.Column("held_back", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures_kept")),
    )
    op.create_table(
        "figures_issue",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("report_year_start", sa.Integer(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("issued_by_id", ROW_ID, nullable=True),
        sa.Column("extracted_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["person.id"], name=op.f("fk_figures_issue_issued_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures_issue")),
        sa.UniqueConstraint("ref", name=op.f("uq_figures_issue_ref")),
    )
    op.create_index("ix_figures_issue_year", "figures_issue", ["report_year_start", "id"])
    op.create_table(
        "figures_year",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("kept_id", ROW_ID, nullable=True),
        sa.Column("issue_id", ROW_ID, nullable=True),
        sa.Column("report_year_start", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("in_full", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(kept_id IS NULL) <> (issue_id IS NULL)", name=op.f("ck_figures_year_kept_or_issued")
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["figures_issue.id"], name=op.f("fk_figures_year_issue_id_figures_issue")
        ),
        sa.ForeignKeyConstraint(
            ["kept_id"], ["figures_kept.id"], name=op.f("fk_figures_year_kept_id_figures_kept")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures_year")),
        sa.UniqueConstraint(
            "issue_id", "report_year_start", name=op.f("uq_figures_year_issue_id_report_year_start")
        ),
        sa.UniqueConstraint(
            "kept_id", "report_year_start", name=op.f("uq_figures_year_kept_id_report_year_start")
        ),
    )
    op.create_table(
        "figures_override",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("statistic", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by_id", ROW_ID, nullable=True),
        *_stated(),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_figures_override_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures_override")),
        sa.UniqueConstraint("ref", name=op.f("uq_figures_override_ref")),
    )
    op.create_index(
        "uq_figures_override_standing",
        "figures_override",
        ["statistic"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "figures_chart",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("svg", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures_chart")),
        sa.UniqueConstraint("digest", name=op.f("uq_figures_chart_digest")),
    )
    op.bulk_insert(
        sa.table("figures_state", sa.column("version"), sa.column("percent")),
        [{"version": 1, "percent": 0}],
    )


def downgrade() -> None:
    """Take it all away; the figures can be computed again, but what was issued is lost with its issues."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _stated() -> list[sa.Column[object]]:
    return [
        sa.Column("report_year_start", sa.Integer(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
    ]


def _provenance() -> list[sa.Column[object]]:
    return [
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
    ]
