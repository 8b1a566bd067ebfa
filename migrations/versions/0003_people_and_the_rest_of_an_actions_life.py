"""People who leave, stand in and are kept out; the rest of an action's life; files; redactions."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0003"
down_revision = "0002"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: In the order they are made.
TABLES = (
    "confidentiality_statement",
    "extra_holiday",
    "failed_sign_in",
    "redaction",
    "stored_file",
    "redacted_payload",
    "broken_glass",
    "case_team_member",
    "conflict_of_interest",
    "deputy",
    "nudge",
    "refused_address",
    "challenge",
    "colour_override",
    "impact_statement",
    "not_for_us",
    "owner_change",
    "succession",
    "challenge_entry",
    "evidence_file",
    "evidence_return",
    "impact_evidence",
    "impact_look",
)

#: Table, column and what it refers to.
REFERENCES = (
    ("action", "parent_id", "action"),
    ("person", "accepted_statement_id", "confidentiality_statement"),
    ("sign_off", "ratified_by_id", "person"),
    ("theme", "merged_into_id", "theme"),
)

#: Table and the columns it gains; what is not null has a default that suits every row already there.
COLUMNS: tuple[tuple[str, tuple[sa.Column[object], ...]], ...] = (
    (
        "action",
        (
            sa.Column("is_all_agency", sa.Boolean(), server_default=sa.false(), nullable=False),
            sa.Column("priority", sa.String(8), server_default="normal", nullable=False),
            sa.Column("acknowledged_on", sa.Date()),
            sa.Column("review_on", sa.Date()),
            sa.Column("declared_colour", sa.String(1)),
            sa.Column("declared_until", sa.Date()),
            sa.Column("impact_level", sa.Integer()),
        ),
    ),
    ("agency", (sa.Column("withdrawn_on", sa.Date()), sa.Column("withdrawn_reason", sa.Text()))),
    ("area", (sa.Column("withdrawn_on", sa.Date()), sa.Column("withdrawn_reason", sa.Text()))),
    ("group", (sa.Column("withdrawn_on", sa.Date()), sa.Column("withdrawn_reason", sa.Text()))),
    ("evidence", (sa.Column("nature", sa.String(16), server_default="document", nullable=False),)),
    ("installation", (sa.Column("stepping_to_on", sa.Date()),)),
    (
        "person",
        (sa.Column("invited_at", UtcDateTime()), sa.Column("statement_accepted_at", UtcDateTime())),
    ),
    ("review", (sa.Column("is_restricted", sa.Boolean(), server_default=sa.false(), nullable=False),)),
    (
        "sign_off",
        (
            sa.Column("is_delegated", sa.Boolean(), server_default=sa.false(), nullable=False),
            sa.Column("ratified_on", sa.Date()),
            sa.Column("ratified_meeting_on", sa.Date()),
            sa.Column("evidence_number", sa.Integer()),
        ),
    ),
)

INDEXES = (
    ("ix_audit_entry_business", "audit_entry", ("business_on", "id")),
    ("ix_audit_entry_kind", "audit_entry", ("subject_kind", "id")),
    ("ix_audit_entry_recorded", "audit_entry", ("recorded_at", "id")),
    ("ix_audit_entry_ref", "audit_entry", ("subject_ref", "id")),
    ("ix_audit_entry_verb", "audit_entry", ("verb", "id")),
    ("ix_action_parent", "action", ("parent_id", "ref")),
    ("ix_action_look_again", "action", ("status", "review_on")),
    ("ix_review_is_restricted", "review", ("is_restricted",)),
    ("ix_sign_off_ratifying", "sign_off", ("is_delegated", "ratified_on", "id")),
)

#: What is never changed or removed once written; ``redaction`` waits for its decision.
APPEND_ONLY = ("broken_glass", "redacted_payload")

STATEMENT = (
    "What you read here concerns children who were harmed or died, and the people around them.\n\n"
    "I will open only what my work needs. I will not copy, forward or speak of it outside that work. "
    "I will say so where I stand too near to a case. I know that what I open is recorded, and that this duty "
    "goes on when I leave."
)


def upgrade() -> None:
    """Make tables and columns, let a recorded redaction empty a payload, and write the first statement."""
    _create_tables()
    for table, columns in COLUMNS:
        for column in columns:
            op.add_column(table, column._copy())
    for table, column_name, target in REFERENCES:
        _add_reference(table, column_name, target)
    for name, table, names in INDEXES:
        op.create_index(name, table, list(names))
    with op.batch_alter_table("ladder_rung") as batch:
        batch.add_column(sa.Column("in_force_from", sa.Date(), server_default="2000-01-01", nullable=False))
        batch.drop_constraint("uq_ladder_rung_name", type_="unique")
        batch.create_unique_constraint("uq_ladder_rung_in_force_from_name", ["in_force_from", "name"])
    _let_redactions_through()
    for table in APPEND_ONLY:
        _guard(table)
    statement = sa.table(
        "confidentiality_statement", sa.column("words", sa.Text()), sa.column("written_at", UtcDateTime())
    )
    op.bulk_insert(statement, [{"words": STATEMENT, "written_at": datetime.now(UTC)}])


def downgrade() -> None:
    """Take all of it away again."""
    for table in APPEND_ONLY:
        _unguard(table)
    _let_nothing_through()
    with op.batch_alter_table("ladder_rung") as batch:
        batch.drop_constraint("uq_ladder_rung_in_force_from_name", type_="unique")
        batch.create_unique_constraint("uq_ladder_rung_name", ["name"])
        batch.drop_column("in_force_from")
    for name, table, _ in INDEXES:
        op.drop_index(name, table_name=table)
    for table, column_name, target in REFERENCES:
        if not _on_sqlite():
            op.drop_constraint(f"fk_{table}_{column_name}_{target}", table, type_="foreignkey")
        # SQLite lets a column go that is part of a constraint only with the table made anew.
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column_name)
    for table, columns in COLUMNS:
        for column in columns:
            op.drop_column(table, column.name)
    for table in reversed(TABLES):
        op.drop_table(table)


def _on_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _add_reference(table: str, column_name: str, target: str) -> None:
    """A column that refers to a row; SQLite takes the two only in one statement."""
    name = f"fk_{table}_{column_name}_{target}"
    if _on_sqlite():
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column_name} INTEGER CONSTRAINT {name} REFERENCES {target} (id)"
        )
        return
    op.add_column(table, sa.Column(column_name, ROW_ID))
    op.create_foreign_key(name, table, target, [column_name], ["id"])


def _let_redactions_through() -> None:
    """Let a payload change once a redaction that names it is on record; its number never does."""
    _unguard("audit_payload", deeds=("update",))
    found = "EXISTS (SELECT 1 FROM redacted_payload WHERE redacted_payload.entry_id = OLD.entry_id)"
    unchanged = "NEW.entry_id = OLD.entry_id"
    if _on_sqlite():
        op.execute(
            "CREATE TRIGGER audit_payload_refuses_update BEFORE UPDATE ON audit_payload "
            f"WHEN NOT ({found} AND {unchanged}) "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_change_but_redaction() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {found} AND {unchanged} THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION 'the audit trail is never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_payload_refuses_update BEFORE UPDATE ON audit_payload "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_but_redaction()"
    )


def _let_nothing_through() -> None:
    """No payload changes any more."""
    _unguard("audit_payload", deeds=("update",))
    if not _on_sqlite():
        op.execute("DROP FUNCTION refuse_change_but_redaction()")
    _guard("audit_payload", deeds=("update",))


def _guard(table: str, *, deeds: tuple[str, ...] = ("update", "delete")) -> None:
    for deed in deeds:
        if _on_sqlite():
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{deed} BEFORE {deed.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{deed} BEFORE {deed.upper()} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )


def _unguard(table: str, *, deeds: tuple[str, ...] = ("update", "delete")) -> None:
    on_table = "" if _on_sqlite() else f" ON {table}"
    for deed in deeds:
        op.execute(f"DROP TRIGGER {table}_refuses_{deed}{on_table}")


def _create_tables() -> None:
    op.create_table(
        "confidentiality_statement",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confidentiality_statement")),
    )
    op.create_table(
        "extra_holiday",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extra_holiday")),
        sa.UniqueConstraint("day_on", name=op.f("uq_extra_holiday_day_on")),
    )
    op.create_table(
        "failed_sign_in",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("address_digest", sa.String(length=64), nullable=False),
        sa.Column("place_digest", sa.String(length=64), nullable=False),
        sa.Column("failed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_in")),
    )
    op.create_index(
        "ix_failed_sign_in_address", "failed_sign_in", ["address_digest", "failed_at"], unique=False
    )
    op.create_index("ix_failed_sign_in_failed_at", "failed_sign_in", ["failed_at"], unique=False)
    op.create_index("ix_failed_sign_in_place", "failed_sign_in", ["place_digest", "failed_at"], unique=False)
    op.create_table(
        "redaction",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_ref", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("source_ref", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by_id", ROW_ID, nullable=True),
        sa.Column("asked_by_name", sa.String(length=200), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", ROW_ID, nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction")),
        sa.UniqueConstraint("ref", name=op.f("uq_redaction_ref")),
    )
    op.create_index("ix_redaction_subject", "redaction", ["subject_kind", "subject_ref"], unique=False)
    op.create_index("ix_redaction_waiting", "redaction", ["decision", "id"], unique=False)
    op.create_table(
        "stored_file",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.Column("scan", sa.String(length=16), nullable=False),
        sa.Column("scanned_at", UtcDateTime(), nullable=True),
        sa.Column("scan_found", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "scan IN ('waiting', 'clean', 'infected', 'not_scanned')", name=op.f("ck_stored_file_scan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("digest", name=op.f("uq_stored_file_digest")),
    )
    op.create_index("ix_stored_file_scan", "stored_file", ["scan", "id"], unique=False)
    op.create_table(
        "redacted_payload",
        sa.Column("redaction_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("entry_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("digest_after", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_redacted_payload_entry_id_audit_entry")
        ),
        sa.ForeignKeyConstraint(
            ["redaction_id"], ["redaction.id"], name=op.f("fk_redacted_payload_redaction_id_redaction")
        ),
        sa.PrimaryKeyConstraint("redaction_id", "entry_id", name=op.f("pk_redacted_payload")),
    )
    op.create_index(op.f("ix_redacted_payload_entry_id"), "redacted_payload", ["entry_id"], unique=False)
    op.create_table(
        "broken_glass",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("source_ref", sa.String(length=24), nullable=False),
        sa.Column("person_id", ROW_ID, nullable=False),
        sa.Column("broken_on", sa.Date(), nullable=False),
        sa.Column("broken_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_broken_glass_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broken_glass")),
        sa.UniqueConstraint(
            "source_ref",
            "person_id",
            "broken_on",
            name=op.f("uq_broken_glass_source_ref_person_id_broken_on"),
        ),
    )
    op.create_index("ix_broken_glass_person", "broken_glass", ["person_id", "broken_on"], unique=False)
    op.create_table(
        "case_team_member",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("source_ref", sa.String(length=24), nullable=False),
        sa.Column("person_id", ROW_ID, nullable=False),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("added_by_id", ROW_ID, nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name=op.f("fk_case_team_member_added_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_case_team_member_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_team_member")),
    )
    op.create_index("ix_case_team_member_person", "case_team_member", ["person_id", "ended_on"], unique=False)
    op.create_index(
        "ix_case_team_member_source", "case_team_member", ["source_ref", "ended_on"], unique=False
    )
    op.create_table(
        "conflict_of_interest",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("source_ref", sa.String(length=24), nullable=False),
        sa.Column("person_id", ROW_ID, nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("declared_by_id", ROW_ID, nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by_id", ROW_ID, nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["declared_by_id"], ["person.id"], name=op.f("fk_conflict_of_interest_declared_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["person.id"], name=op.f("fk_conflict_of_interest_ended_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_conflict_of_interest_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_of_interest")),
    )
    op.create_index(
        "ix_conflict_of_interest_person", "conflict_of_interest", ["person_id", "ended_on"], unique=False
    )
    op.create_index(
        "ix_conflict_of_interest_source", "conflict_of_interest", ["source_ref", "ended_on"], unique=False
    )
    op.create_table(
        "deputy",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("person_id", ROW_ID, nullable=False),
        sa.Column("deputy_id", ROW_ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("is_absence", sa.Boolean(), nullable=False),
        sa.Column("arranged_by_id", ROW_ID, nullable=True),
        sa.Column("arranged_at", UtcDateTime(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("person_id <> deputy_id", name=op.f("ck_deputy_another_person")),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_deputy_in_order")),
        sa.ForeignKeyConstraint(
            ["arranged_by_id"], ["person.id"], name=op.f("fk_deputy_arranged_by_id_person")
        ),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_deputy_deputy_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_deputy_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
    )
    op.create_index("ix_deputy_deputy", "deputy", ["deputy_id", "until_on"], unique=False)
    op.create_index("ix_deputy_person", "deputy", ["person_id", "until_on"], unique=False)
    op.create_table(
        "nudge",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("action_ref", sa.String(length=24), nullable=False),
        sa.Column("recipient_id", ROW_ID, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("nudged_on", sa.Date(), nullable=False),
        sa.Column("nudged_at", UtcDateTime(), nullable=False),
        sa.Column("nudged_by_id", ROW_ID, nullable=True),
        sa.Column("message_id", ROW_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outbox_message.id"], name=op.f("fk_nudge_message_id_outbox_message")
        ),
        sa.ForeignKeyConstraint(["nudged_by_id"], ["person.id"], name=op.f("fk_nudge_nudged_by_id_person")),
        sa.ForeignKeyConstraint(["recipient_id"], ["person.id"], name=op.f("fk_nudge_recipient_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudge")),
    )
    op.create_index("ix_nudge_action", "nudge", ["action_ref", "nudged_on"], unique=False)
    op.create_table(
        "refused_address",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("person_id", ROW_ID, nullable=False),
        sa.Column("message_id", ROW_ID, nullable=False),
        sa.Column("refused_on", sa.Date(), nullable=False),
        sa.Column("said", sa.String(length=500), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("settled_by_id", ROW_ID, nullable=True),
        sa.Column("settled_how", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outbox_message.id"], name=op.f("fk_refused_address_message_id_outbox_message")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_refused_address_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_refused_address_settled_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_address")),
        sa.UniqueConstraint("message_id", name=op.f("uq_refused_address_message_id")),
    )
    op.create_index("ix_refused_address_open", "refused_address", ["settled_on", "person_id"], unique=False)
    op.create_index(op.f("ix_refused_address_person_id"), "refused_address", ["person_id"], unique=False)
    op.create_table(
        "challenge",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.Column("group_id", ROW_ID, nullable=False),
        sa.Column("review_id", ROW_ID, nullable=True),
        sa.Column("action_id", ROW_ID, nullable=True),
        sa.Column("put_to", sa.String(length=200), nullable=False),
        sa.Column("agency_id", ROW_ID, nullable=True),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("raised_by_id", ROW_ID, nullable=True),
        sa.Column("answer_by_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("outcome_words", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_by_id", ROW_ID, nullable=True),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('challenge', 'escalation')", name=op.f("ck_challenge_kind")),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_challenge_action_id_action")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_challenge_agency_id_agency")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["person.id"], name=op.f("fk_challenge_closed_by_id_person")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_challenge_group_id_group")),
        sa.ForeignKeyConstraint(
            ["raised_by_id"], ["person.id"], name=op.f("fk_challenge_raised_by_id_person")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_challenge_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
        sa.UniqueConstraint("ref", name=op.f("uq_challenge_ref")),
    )
    op.create_index("ix_challenge_action", "challenge", ["action_id"], unique=False)
    op.create_index("ix_challenge_group", "challenge", ["group_id", "closed_on", "ref"], unique=False)
    op.create_index("ix_challenge_open", "challenge", ["closed_on", "raised_on", "ref"], unique=False)
    op.create_index("ix_challenge_review", "challenge", ["review_id"], unique=False)
    op.create_table(
        "colour_override",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("action_id", ROW_ID, nullable=False),
        sa.Column("calculated", sa.String(length=1), nullable=False),
        sa.Column("declared", sa.String(length=1), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("declared_by_id", ROW_ID, nullable=True),
        sa.Column("lapses_on", sa.Date(), nullable=False),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_colour_override_action_id_action")
        ),
        sa.ForeignKeyConstraint(
            ["declared_by_id"], ["person.id"], name=op.f("fk_colour_override_declared_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_colour_override")),
    )
    op.create_index("ix_colour_override_action", "colour_override", ["action_id", "lapses_on"], unique=False)
    op.create_table(
        "impact_statement",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("action_id", ROW_ID, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("measure", sa.String(length=300), nullable=False),
        sa.Column("baseline", sa.String(length=100), nullable=False),
        sa.Column("target", sa.String(length=100), nullable=False),
        sa.Column("actual", sa.String(length=100), nullable=False),
        sa.Column("measured_by", sa.String(length=300), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=True),
        sa.Column("unintended_effects", sa.Text(), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column("stated_by_id", ROW_ID, nullable=True),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", ROW_ID, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.CheckConstraint("level BETWEEN 0 AND 5", name=op.f("ck_impact_statement_level")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_impact_statement_action_id_action")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_impact_statement_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["stated_by_id"], ["person.id"], name=op.f("fk_impact_statement_stated_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_statement")),
        sa.UniqueConstraint("ref", name=op.f("uq_impact_statement_ref")),
    )
    op.create_index(
        "ix_impact_statement_action", "impact_statement", ["action_id", "stated_on"], unique=False
    )
    op.create_index("ix_impact_statement_level", "impact_statement", ["level", "ref"], unique=False)
    op.create_index(
        "ix_impact_statement_waiting", "impact_statement", ["decision", "stated_on", "id"], unique=False
    )
    op.create_table(
        "not_for_us",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("action_id", ROW_ID, nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("said_by_id", ROW_ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("suggested_agency_id", ROW_ID, nullable=True),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", ROW_ID, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_not_for_us_action_id_action")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_not_for_us_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(["said_by_id"], ["person.id"], name=op.f("fk_not_for_us_said_by_id_person")),
        sa.ForeignKeyConstraint(
            ["suggested_agency_id"], ["agency.id"], name=op.f("fk_not_for_us_suggested_agency_id_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_not_for_us")),
        sa.UniqueConstraint("ref", name=op.f("uq_not_for_us_ref")),
    )
    op.create_index("ix_not_for_us_action", "not_for_us", ["action_id", "said_on"], unique=False)
    op.create_index("ix_not_for_us_waiting", "not_for_us", ["decision", "said_on", "id"], unique=False)
    op.create_table(
        "owner_change",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("action_id", ROW_ID, nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("from_agency_id", ROW_ID, nullable=False),
        sa.Column("to_agency_id", ROW_ID, nullable=False),
        sa.Column("from_owner_id", ROW_ID, nullable=True),
        sa.Column("to_owner_id", ROW_ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("changed_by_id", ROW_ID, nullable=True),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_owner_change_action_id_action")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_owner_change_changed_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["from_agency_id"], ["agency.id"], name=op.f("fk_owner_change_from_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["from_owner_id"], ["person.id"], name=op.f("fk_owner_change_from_owner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["to_agency_id"], ["agency.id"], name=op.f("fk_owner_change_to_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["to_owner_id"], ["person.id"], name=op.f("fk_owner_change_to_owner_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_change")),
    )
    op.create_index("ix_owner_change_action", "owner_change", ["action_id", "changed_on"], unique=False)
    op.create_table(
        "succession",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("action_id", ROW_ID, nullable=False),
        sa.Column("successor_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by_id", ROW_ID, nullable=True),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('split', 'merged', 'superseded')", name=op.f("ck_succession_kind")),
        sa.CheckConstraint("action_id <> successor_id", name=op.f("ck_succession_another_action")),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_succession_action_id_action")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_succession_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["action.id"], name=op.f("fk_succession_successor_id_action")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession")),
        sa.UniqueConstraint("action_id", "successor_id", name=op.f("uq_succession_action_id_successor_id")),
    )
    op.create_index("ix_succession_successor", "succession", ["successor_id"], unique=False)
    op.create_table(
        "challenge_entry",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("challenge_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("whom", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by_id", ROW_ID, nullable=True),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('written', 'answered', 'met', 'noted')", name=op.f("ck_challenge_entry_kind")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_entry_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_challenge_entry_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_entry")),
    )
    op.create_index(
        "ix_challenge_entry_challenge", "challenge_entry", ["challenge_id", "happened_on"], unique=False
    )
    op.create_table(
        "evidence_file",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("evidence_id", ROW_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("stored_file_id", ROW_ID, nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("added_by_id", ROW_ID, nullable=True),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name=op.f("fk_evidence_file_added_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_file_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_evidence_file_stored_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_file")),
        sa.UniqueConstraint("evidence_id", "version", name=op.f("uq_evidence_file_evidence_id_version")),
    )
    op.create_index(
        op.f("ix_evidence_file_stored_file_id"), "evidence_file", ["stored_file_id"], unique=False
    )
    op.create_table(
        "evidence_return",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("evidence_id", ROW_ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("returned_by_id", ROW_ID, nullable=True),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_return_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["returned_by_id"], ["person.id"], name=op.f("fk_evidence_return_returned_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_return")),
    )
    op.create_index(op.f("ix_evidence_return_evidence_id"), "evidence_return", ["evidence_id"], unique=False)
    op.create_table(
        "impact_evidence",
        sa.Column("impact_statement_id", ROW_ID, nullable=False),
        sa.Column("evidence_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_impact_evidence_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["impact_statement_id"],
            ["impact_statement.id"],
            name=op.f("fk_impact_evidence_impact_statement_id_impact_statement"),
        ),
        sa.PrimaryKeyConstraint("impact_statement_id", "evidence_id", name=op.f("pk_impact_evidence")),
    )
    op.create_index(op.f("ix_impact_evidence_evidence_id"), "impact_evidence", ["evidence_id"], unique=False)
    op.create_table(
        "impact_look",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("action_id", ROW_ID, nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("statement_id", ROW_ID, nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("source_line", sa.String(length=100), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_impact_look_action_id_action")),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["impact_statement.id"],
            name=op.f("fk_impact_look_statement_id_impact_statement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_look")),
        sa.UniqueConstraint(
            "action_id", "closed_on", "months", name=op.f("uq_impact_look_action_id_closed_on_months")
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_impact_look_ref")),
    )
    op.create_index("ix_impact_look_open", "impact_look", ["is_open", "due_on", "id"], unique=False)
