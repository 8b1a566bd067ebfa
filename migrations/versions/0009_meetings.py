"""Meetings of panels: who has to be there, agenda, attendance, papers as they were sent, and decisions."""

from datetime import date

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0009"
down_revision = "0008"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: In the order they are made.
TABLES = (
    "quorum_rule",
    "quorum_part",
    "meeting",
    "attendee",
    "agenda_item",
    "meeting_note",
    "meeting_paper",
)

#: What every panel has until its chair or an administrator says otherwise.
LEAST_ATTENDANCE = 4
PROFESSIONS = ("Public health", "Designated doctor or nurse", "Children’s social care", "Police")
NOTE = "From knowledge, not from a source held here: verify against the panel’s terms of reference."
FROM_THE_BEGINNING = date(2000, 1, 1)


def upgrade() -> None:
    """Make the tables, and write the rule of quoracy that holds until somebody sets another."""
    _create_rules()
    _create_meetings()
    rules = _table("quorum_rule")
    op.bulk_insert(
        rules,
        [{"in_force_from": FROM_THE_BEGINNING, "least_attendance": LEAST_ATTENDANCE, "note": NOTE}],
    )
    number = op.get_bind().execute(sa.select(rules.c.id)).scalar_one()
    op.bulk_insert(
        _table("quorum_part"),
        [
            {"rule_id": number, "position": position, "label": label}
            for position, label in enumerate(PROFESSIONS, start=1)
        ],
    )


def downgrade() -> None:
    """Take it all away; the sweep finds the files of papers, which no row names any more."""
    papers = sa.select(_table("meeting_paper").c.stored_file_id)
    numbers = op.get_bind().execute(papers).scalars().all()
    for table in reversed(TABLES):
        op.drop_table(table)
    if numbers:
        files = _table("stored_file")
        evidence = sa.select(_table("evidence_file").c.stored_file_id)
        op.execute(files.delete().where(files.c.id.in_(numbers), files.c.id.not_in(evidence)))


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _provenance() -> tuple[sa.Column[str], ...]:
    return (
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
    )


def _create_rules() -> None:
    op.create_table(
        "quorum_rule",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("group_id", ROW_ID, nullable=True),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("least_attendance", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("set_by_id", ROW_ID, nullable=True),
        sa.CheckConstraint("least_attendance > 0", name=op.f("ck_quorum_rule_least_attendance")),
        _key("quorum_rule", "group_id", "group"),
        _key("quorum_rule", "set_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quorum_rule")),
        sa.UniqueConstraint("group_id", "in_force_from", name=op.f("uq_quorum_rule_group_id_in_force_from")),
    )
    op.create_table(
        "quorum_part",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("rule_id", ROW_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("agency_id", ROW_ID, nullable=True),
        _key("quorum_part", "rule_id", "quorum_rule"),
        _key("quorum_part", "agency_id", "agency"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quorum_part")),
        sa.UniqueConstraint("rule_id", "position", name=op.f("uq_quorum_part_rule_id_position")),
    )


def _create_meetings() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("panel_id", ROW_ID, nullable=False),
        sa.Column("where_and_when", sa.String(length=200), nullable=False),
        sa.Column("papers_version", sa.Integer(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_by_id", ROW_ID, nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("is_quorate", sa.Boolean(), nullable=True),
        sa.Column("quorum_lacks", sa.Text(), nullable=False),
        sa.Column("without_quorum_reason", sa.Text(), nullable=True),
        sa.Column("without_quorum_by_id", ROW_ID, nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_by_id", ROW_ID, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        *_provenance(),
        _key("meeting", "panel_id", "cdop_panel"),
        _key("meeting", "sent_by_id", "person"),
        _key("meeting", "without_quorum_by_id", "person"),
        _key("meeting", "closed_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("ref", name=op.f("uq_meeting_ref")),
        sa.UniqueConstraint("panel_id", name=op.f("uq_meeting_panel_id")),
    )
    op.create_table(
        "attendee",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("meeting_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("person_id", ROW_ID, nullable=True),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("agency_id", ROW_ID, nullable=True),
        sa.Column("attendance", sa.String(length=16), nullable=True),
        sa.Column("stood_for", sa.Text(), nullable=False),
        *_provenance(),
        _key("attendee", "meeting_id", "meeting"),
        _key("attendee", "person_id", "person"),
        _key("attendee", "agency_id", "agency"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendee")),
        sa.UniqueConstraint("meeting_id", "person_id", name=op.f("uq_attendee_meeting_id_person_id")),
    )
    op.create_index("ix_attendee_agency", "attendee", ["agency_id", "attendance"])
    op.create_table(
        "agenda_item",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("meeting_id", ROW_ID, nullable=False),
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("lacked", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("recorded_by_id", ROW_ID, nullable=True),
        sa.Column("deferred_reason", sa.Text(), nullable=True),
        sa.Column("waits_on", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("who_left", sa.Text(), nullable=False),
        *_provenance(),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('completed', 'deferred')", name=op.f("ck_agenda_item_decision")
        ),
        sa.CheckConstraint(
            "decision <> 'deferred' OR deferred_reason IS NOT NULL",
            name=op.f("ck_agenda_item_deferred_with_reason"),
        ),
        _key("agenda_item", "meeting_id", "meeting"),
        _key("agenda_item", "case_id", "child_death_case"),
        _key("agenda_item", "recorded_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("meeting_id", "case_id", name=op.f("uq_agenda_item_meeting_id_case_id")),
    )
    op.create_index("ix_agenda_item_case", "agenda_item", ["case_id"])
    op.create_table(
        "meeting_note",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("meeting_id", ROW_ID, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("written_by_id", ROW_ID, nullable=True),
        *_provenance(),
        _key("meeting_note", "meeting_id", "meeting"),
        _key("meeting_note", "written_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_note")),
    )
    op.create_index("ix_meeting_note_meeting_id", "meeting_note", ["meeting_id"])
    op.create_table(
        "meeting_paper",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("meeting_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", ROW_ID, nullable=True),
        sa.Column("stored_file_id", ROW_ID, nullable=False),
        sa.Column("case_refs", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by_id", ROW_ID, nullable=True),
        sa.CheckConstraint("kind IN ('papers', 'minutes')", name=op.f("ck_meeting_paper_kind")),
        _key("meeting_paper", "meeting_id", "meeting"),
        _key("meeting_paper", "person_id", "person"),
        _key("meeting_paper", "stored_file_id", "stored_file"),
        _key("meeting_paper", "made_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_paper")),
    )
    op.create_index("ix_meeting_paper_meeting", "meeting_paper", ["meeting_id", "kind", "version"])
    op.create_index("ix_meeting_paper_stored_file_id", "meeting_paper", ["stored_file_id"])
