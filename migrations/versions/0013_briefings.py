"""Briefings: issues, subscribers, deliveries and what came of them, with how a partnership begins."""

import secrets

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime
from app.core.screening.runs import kept

revision = "0013"
down_revision = "0012"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: In the order they are made.
TABLES = (
    "lesson_run",
    "audience",
    "briefing_settings",
    "learning_event",
    "briefing_issue",
    "briefing_author",
    "briefing_finding_kept",
    "briefing_for_agency",
    "briefing_for_area",
    "briefing_for_audience",
    "briefing_for_topic",
    "briefing_frozen",
    "briefing_item",
    "briefing_item_audience",
    "address_key",
    "suppressed_address",
    "subscriber",
    "sign_up",
    "delivery",
    "subscriber_topic",
    "bounce",
    "briefing_feedback",
    "briefing_result",
    "cascade_receipt",
    "briefing_opening",
    "briefing_link",
    "briefing_click",
    "briefing_link_total",
    "briefing_link_result",
)

#: What a partnership has until somebody says otherwise: nothing public, nothing measured beyond clicks.
SETTINGS = {
    "id": 1,
    "archive_is_public": False,
    "sign_up_is_open": True,
    "counts_opens": False,
    "keeps_clicks_of_people": True,
    "rate_per_minute": None,
    "failures_before_pause": 10,
    "publisher": "",
}

#: The kinds of work that readers tell themselves by.
AUDIENCES = (
    ("schools", "Schools and early years"),
    ("health", "Health"),
    ("social-care", "Social care and family support"),
    ("police-probation", "Police and probation"),
    ("voluntary", "Voluntary and community"),
    ("housing", "Housing and other services"),
    ("managers", "Managers and supervisors"),
)


def upgrade() -> None:
    """Make the tables, and write the settings and audiences that hold until somebody sets others."""
    _create_runs()
    _create_issues()
    _create_readers()
    _create_results()
    # For what is proposed: the lessons cleared last, and the latest about a theme.
    op.create_index("ix_lesson_cleared", "lesson", ["cleared_on", "id"])
    op.drop_index("ix_lesson_theme_theme_id", "lesson_theme")
    op.create_index("ix_lesson_theme_latest", "lesson_theme", ["theme_id", "lesson_id"])
    op.bulk_insert(_table("briefing_settings"), [SETTINGS])
    op.bulk_insert(_table("address_key"), [{"id": 1, "key": secrets.token_hex(32)}])
    op.bulk_insert(
        _table("audience"),
        [
            {"ref": ref, "name": name, "position": position}
            for position, (ref, name) in enumerate(AUDIENCES, start=1)
        ],
    )


def downgrade() -> None:
    """Take it all away."""
    op.drop_index("ix_lesson_theme_latest", "lesson_theme")
    op.create_index("ix_lesson_theme_theme_id", "lesson_theme", ["theme_id"])
    op.drop_index("ix_lesson_cleared", "lesson")
    for table in reversed(TABLES):
        op.drop_table(table)


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


def _create_runs() -> None:
    op.create_table(
        "lesson_run",
        sa.Column("lesson_id", ROW_ID, nullable=False),
        sa.Column("digest", sa.BigInteger(), autoincrement=False, nullable=False),
        _key("lesson_run", "lesson_id", "lesson"),
        sa.PrimaryKeyConstraint("lesson_id", "digest", name=op.f("pk_lesson_run")),
    )
    op.create_index("ix_lesson_run_digest", "lesson_run", ["digest", "lesson_id"])
    # The lessons that stand here already are found by their words like those to come.
    connection, lesson, run = op.get_bind(), _table("lesson"), _table("lesson_run")
    texts = (lesson.c.heading, lesson.c.what_we_learned, lesson.c.what_you_should_do)
    after = 0
    while rows := connection.execute(
        sa.select(lesson.c.id, *texts).where(lesson.c.id > after).order_by(lesson.c.id).limit(500)
    ).all():
        after = rows[-1][0]
        found = [
            {"lesson_id": lesson_id, "digest": digest}
            for lesson_id, *words in rows
            for digest in sorted({digest for text in words for digest in kept(text or "")})
        ]
        if found:
            connection.execute(sa.insert(run), found)


def _create_issues() -> None:
    op.create_table(
        "audience",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience")),
        sa.UniqueConstraint("name", name=op.f("uq_audience_name")),
        sa.UniqueConstraint("ref", name=op.f("uq_audience_ref")),
    )
    op.create_table(
        "briefing_settings",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("archive_is_public", sa.Boolean(), nullable=False),
        sa.Column("sign_up_is_open", sa.Boolean(), nullable=False),
        sa.Column("counts_opens", sa.Boolean(), nullable=False),
        sa.Column("keeps_clicks_of_people", sa.Boolean(), nullable=False),
        sa.Column("rate_per_minute", sa.Integer(), nullable=True),
        sa.Column("failures_before_pause", sa.Integer(), nullable=False),
        sa.Column("publisher", sa.String(length=300), nullable=False),
        sa.CheckConstraint("failures_before_pause > 0", name=op.f("ck_briefing_settings_failures")),
        sa.CheckConstraint("id = 1", name=op.f("ck_briefing_settings_only_row")),
        sa.CheckConstraint(
            "rate_per_minute IS NULL OR rate_per_minute > 0", name=op.f("ck_briefing_settings_rate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_settings")),
    )
    op.create_table(
        "learning_event",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("where_and_when", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("area_id", ROW_ID, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        *_provenance(),
        sa.CheckConstraint(
            "kind = 'e_learning' OR held_on IS NOT NULL", name=op.f("ck_learning_event_has_a_day")
        ),
        sa.CheckConstraint(
            "kind IN ('course', 'seminar', 'conference', 'e_learning')", name=op.f("ck_learning_event_kind")
        ),
        _key("learning_event", "area_id", "area"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_event")),
        sa.UniqueConstraint("ref", name=op.f("uq_learning_event_ref")),
    )
    op.create_index("ix_learning_event_held", "learning_event", ["held_on", "id"])
    op.create_table(
        "briefing_issue",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("headline", sa.String(length=200), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("questions", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("corrects_id", ROW_ID, nullable=True),
        sa.Column("prepared_on", sa.Date(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by_id", ROW_ID, nullable=True),
        sa.Column("cleared_on", sa.Date(), nullable=True),
        sa.Column("cleared_by_id", ROW_ID, nullable=True),
        sa.Column("scheduled_on", sa.Date(), nullable=True),
        sa.Column("scheduled_time", sa.Time(), nullable=True),
        sa.Column("scheduled_by_id", ROW_ID, nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("began_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("returned_reason", sa.Text(), nullable=True),
        sa.Column("returned_by_id", ROW_ID, nullable=True),
        sa.Column("stopped_reason", sa.Text(), nullable=True),
        sa.Column("link_key", sa.String(length=64), nullable=False),
        sa.Column("cascaded_on", sa.Date(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        *_provenance(),
        sa.CheckConstraint(
            "state IN ('draft', 'checked', 'cleared', 'scheduled', 'sending', 'paused', 'sent', 'cancelled')",
            name=op.f("ck_briefing_issue_state"),
        ),
        _key("briefing_issue", "checked_by_id", "person"),
        _key("briefing_issue", "cleared_by_id", "person"),
        _key("briefing_issue", "corrects_id", "briefing_issue"),
        _key("briefing_issue", "returned_by_id", "person"),
        _key("briefing_issue", "scheduled_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_issue")),
        sa.UniqueConstraint("period", "number", name=op.f("uq_briefing_issue_period_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_briefing_issue_ref")),
    )
    op.create_index("ix_briefing_issue_sent", "briefing_issue", ["sent_on", "id"])
    op.create_index("ix_briefing_issue_state", "briefing_issue", ["state", "scheduled_on"])
    op.create_table(
        "briefing_author",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("issue_id", ROW_ID, nullable=False),
        sa.Column("person_id", ROW_ID, nullable=False),
        _key("briefing_author", "issue_id", "briefing_issue"),
        _key("briefing_author", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_author")),
        sa.UniqueConstraint("issue_id", "person_id", name=op.f("uq_briefing_author_issue_id_person_id")),
    )
    op.create_index(op.f("ix_briefing_author_person_id"), "briefing_author", ["person_id"])
    op.create_table(
        "briefing_finding_kept",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("issue_id", ROW_ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("kept_by_id", ROW_ID, nullable=True),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        _key("briefing_finding_kept", "issue_id", "briefing_issue"),
        _key("briefing_finding_kept", "kept_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_finding_kept")),
        sa.UniqueConstraint("issue_id", "digest", name=op.f("uq_briefing_finding_kept_issue_id_digest")),
    )
    op.create_table(
        "briefing_for_agency",
        sa.Column("issue_id", ROW_ID, nullable=False),
        sa.Column("agency_id", ROW_ID, nullable=False),
        _key("briefing_for_agency", "agency_id", "agency"),
        _key("briefing_for_agency", "issue_id", "briefing_issue"),
        sa.PrimaryKeyConstraint("issue_id", "agency_id", name=op.f("pk_briefing_for_agency")),
    )
    op.create_index(op.f("ix_briefing_for_agency_agency_id"), "briefing_for_agency", ["agency_id"])
    op.create_table(
        "briefing_for_area",
        sa.Column("issue_id", ROW_ID, nullable=False),
        sa.Column("area_id", ROW_ID, nullable=False),
        _key("briefing_for_area", "area_id", "area"),
        _key("briefing_for_area", "issue_id", "briefing_issue"),
        sa.PrimaryKeyConstraint("issue_id", "area_id", name=op.f("pk_briefing_for_area")),
    )
    op.create_index(op.f("ix_briefing_for_area_area_id"), "briefing_for_area", ["area_id"])
    op.create_table(
        "briefing_for_audience",
        sa.Column("issue_id", ROW_ID, nullable=False),
        sa.Column("audience_id", ROW_ID, nullable=False),
        _key("briefing_for_audience", "audience_id", "audience"),
        _key("briefing_for_audience", "issue_id", "briefing_issue"),
        sa.PrimaryKeyConstraint("issue_id", "audience_id", name=op.f("pk_briefing_for_audience")),
    )
    op.create_index(op.f("ix_briefing_for_audience_audience_id"), "briefing_for_audience", ["audience_id"])
    op.create_table(
        "briefing_for_topic",
        sa.Column("issue_id", ROW_ID, nullable=False),
        sa.Column("topic_id", ROW_ID, nullable=False),
        _key("briefing_for_topic", "issue_id", "briefing_issue"),
        _key("briefing_for_topic", "topic_id", "theme"),
        sa.PrimaryKeyConstraint("issue_id", "topic_id", name=op.f("pk_briefing_for_topic")),
    )
    op.create_index(op.f("ix_briefing_for_topic_topic_id"), "briefing_for_topic", ["topic_id"])
    op.create_table(
        "briefing_frozen",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("issue_id", ROW_ID, nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", UtcDateTime(), nullable=False),
        _key("briefing_frozen", "issue_id", "briefing_issue"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_frozen")),
        sa.UniqueConstraint("issue_id", name=op.f("uq_briefing_frozen_issue_id")),
    )
    op.create_table(
        "briefing_item",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("issue_id", ROW_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=16), nullable=False),
        sa.Column("lesson_id", ROW_ID, nullable=True),
        sa.Column("action_id", ROW_ID, nullable=True),
        sa.Column("event_id", ROW_ID, nullable=True),
        sa.Column("review_id", ROW_ID, nullable=True),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("heading", sa.String(length=300), nullable=False),
        sa.Column("what_happened", sa.Text(), nullable=False),
        sa.Column("what_we_learned", sa.Text(), nullable=False),
        sa.Column("what_you_should_do", sa.Text(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("url_words", sa.String(length=120), nullable=False),
        sa.Column("lesson_digest", sa.String(length=64), nullable=True),
        *_provenance(),
        sa.CheckConstraint(
            "section IN ('learning', 'policy', 'training', 'resources', 'feedback')",
            name=op.f("ck_briefing_item_section"),
        ),
        sa.CheckConstraint(
            "CASE WHEN lesson_id IS NULL THEN 0 ELSE 1 END + CASE WHEN action_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN event_id IS NULL THEN 0 ELSE 1 END + CASE WHEN review_id IS NULL THEN 0 ELSE 1 END"
            " <= 1",
            name=op.f("ck_briefing_item_one_origin"),
        ),
        _key("briefing_item", "action_id", "action"),
        _key("briefing_item", "event_id", "learning_event"),
        _key("briefing_item", "issue_id", "briefing_issue"),
        _key("briefing_item", "lesson_id", "lesson"),
        _key("briefing_item", "review_id", "review"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_item")),
        sa.UniqueConstraint("issue_id", "action_id", name=op.f("uq_briefing_item_issue_id_action_id")),
        sa.UniqueConstraint("issue_id", "event_id", name=op.f("uq_briefing_item_issue_id_event_id")),
        sa.UniqueConstraint("issue_id", "lesson_id", name=op.f("uq_briefing_item_issue_id_lesson_id")),
        sa.UniqueConstraint("issue_id", "review_id", name=op.f("uq_briefing_item_issue_id_review_id")),
    )
    op.create_index(op.f("ix_briefing_item_action_id"), "briefing_item", ["action_id"])
    op.create_index(op.f("ix_briefing_item_event_id"), "briefing_item", ["event_id"])
    op.create_index("ix_briefing_item_issue", "briefing_item", ["issue_id", "position"])
    op.create_index(op.f("ix_briefing_item_lesson_id"), "briefing_item", ["lesson_id"])
    op.create_index(op.f("ix_briefing_item_review_id"), "briefing_item", ["review_id"])
    op.create_table(
        "briefing_item_audience",
        sa.Column("item_id", ROW_ID, nullable=False),
        sa.Column("audience_id", ROW_ID, nullable=False),
        _key("briefing_item_audience", "audience_id", "audience"),
        _key("briefing_item_audience", "item_id", "briefing_item"),
        sa.PrimaryKeyConstraint("item_id", "audience_id", name=op.f("pk_briefing_item_audience")),
    )
    op.create_index(op.f("ix_briefing_item_audience_audience_id"), "briefing_item_audience", ["audience_id"])


def _create_readers() -> None:
    op.create_table(
        "address_key",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_address_key_only_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_key")),
    )
    op.create_table(
        "suppressed_address",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_suppressed_address")),
    )
    op.create_table(
        "subscriber",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("person_id", ROW_ID, nullable=True),
        sa.Column("agency_id", ROW_ID, nullable=True),
        sa.Column("area_id", ROW_ID, nullable=True),
        sa.Column("audience_id", ROW_ID, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.String(length=16), nullable=False),
        sa.Column("basis_stated", sa.String(length=300), nullable=False),
        sa.Column("signed_up_on", sa.Date(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("left_reason", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        *_provenance(),
        sa.CheckConstraint("(email IS NULL) = (state = 'erased')", name=op.f("ck_subscriber_erased")),
        sa.CheckConstraint("basis IN ('signed_up', 'account', 'imported')", name=op.f("ck_subscriber_basis")),
        sa.CheckConstraint(
            "state IN ('active', 'left', 'suppressed', 'erased')", name=op.f("ck_subscriber_state")
        ),
        _key("subscriber", "agency_id", "agency"),
        _key("subscriber", "area_id", "area"),
        _key("subscriber", "audience_id", "audience"),
        _key("subscriber", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
        sa.UniqueConstraint("email", name=op.f("uq_subscriber_email")),
        sa.UniqueConstraint("key", name=op.f("uq_subscriber_key")),
        sa.UniqueConstraint("person_id", name=op.f("uq_subscriber_person_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_subscriber_ref")),
    )
    op.create_index("ix_subscriber_agency", "subscriber", ["agency_id", "state", "id"])
    op.create_index("ix_subscriber_audience", "subscriber", ["audience_id", "state", "id"])
    op.create_index("ix_subscriber_of_agency", "subscriber", ["agency_id", "id"])
    op.create_index("ix_subscriber_of_audience", "subscriber", ["audience_id", "id"])
    op.create_index("ix_subscriber_basis", "subscriber", ["basis", "id"])
    op.create_index("ix_subscriber_state", "subscriber", ["state", "id"])
    op.create_table(
        "sign_up",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("subscriber_id", ROW_ID, nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("agency_id", ROW_ID, nullable=True),
        sa.Column("area_id", ROW_ID, nullable=True),
        sa.Column("audience_id", ROW_ID, nullable=True),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        _key("sign_up", "agency_id", "agency"),
        _key("sign_up", "area_id", "area"),
        _key("sign_up", "audience_id", "audience"),
        _key("sign_up", "subscriber_id", "subscriber"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
        sa.UniqueConstraint("email", name=op.f("uq_sign_up_email")),
        sa.UniqueConstraint("token", name=op.f("uq_sign_up_token")),
    )
    op.create_index("ix_sign_up_asked", "sign_up", ["asked_at"])
    op.create_index(op.f("ix_sign_up_subscriber_id"), "sign_up", ["subscriber_id"])
    op.create_table(
        "delivery",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("issue_id", ROW_ID, nullable=False),
        sa.Column("subscriber_id", ROW_ID, nullable=False),
        sa.Column("agency_id", ROW_ID, nullable=True),
        sa.Column("audience_id", ROW_ID, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("message_id", ROW_ID, nullable=True),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'queued', 'delivered', 'bounced', 'failed', 'not_sent')",
            name=op.f("ck_delivery_state"),
        ),
        _key("delivery", "agency_id", "agency"),
        _key("delivery", "audience_id", "audience"),
        _key("delivery", "issue_id", "briefing_issue"),
        _key("delivery", "subscriber_id", "subscriber"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("issue_id", "subscriber_id", name=op.f("uq_delivery_issue_id_subscriber_id")),
        sa.UniqueConstraint("message_id", name=op.f("uq_delivery_message_id")),
    )
    op.create_index(
        "ix_delivery_agency", "delivery", ["issue_id", "agency_id", "audience_id", "state", "left_on"]
    )
    op.create_index("ix_delivery_state", "delivery", ["issue_id", "state", "id"])
    op.create_index("ix_delivery_subscriber", "delivery", ["subscriber_id", "id"])
    op.create_table(
        "subscriber_topic",
        sa.Column("subscriber_id", ROW_ID, nullable=False),
        sa.Column("theme_id", ROW_ID, nullable=False),
        _key("subscriber_topic", "subscriber_id", "subscriber"),
        _key("subscriber_topic", "theme_id", "theme"),
        sa.PrimaryKeyConstraint("subscriber_id", "theme_id", name=op.f("pk_subscriber_topic")),
    )
    op.create_index(op.f("ix_subscriber_topic_theme_id"), "subscriber_topic", ["theme_id"])
    op.create_table(
        "bounce",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("subscriber_id", ROW_ID, nullable=False),
        sa.Column("delivery_id", ROW_ID, nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("said", sa.String(length=500), nullable=False),
        sa.Column("came_by", sa.String(length=16), nullable=False),
        sa.Column("bounced_on", sa.Date(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("report_id", sa.String(length=200), nullable=True),
        sa.CheckConstraint("kind IN ('hard', 'soft', 'policy')", name=op.f("ck_bounce_kind")),
        _key("bounce", "delivery_id", "delivery"),
        _key("bounce", "subscriber_id", "subscriber"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounce")),
        sa.UniqueConstraint("report_id", name=op.f("uq_bounce_report_id")),
    )
    op.create_index("ix_bounce_delivery", "bounce", ["delivery_id"])
    op.create_index("ix_bounce_subscriber", "bounce", ["subscriber_id", "id"])


def _create_results() -> None:
    op.create_table(
        "briefing_feedback",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("issue_id", ROW_ID, nullable=False),
        sa.Column("useful", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "useful IS NULL OR useful BETWEEN 1 AND 4", name=op.f("ck_briefing_feedback_useful")
        ),
        _key("briefing_feedback", "issue_id", "briefing_issue"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_feedback")),
    )
    op.create_index("ix_briefing_feedback_issue", "briefing_feedback", ["issue_id", "id"])
    op.create_table(
        "briefing_result",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("issue_id", ROW_ID, nullable=False),
        sa.Column("after_days", sa.Integer(), nullable=False),
        sa.Column("agency_id", ROW_ID, nullable=True),
        sa.Column("audience_id", ROW_ID, nullable=True),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("addressed", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("bounced", sa.Integer(), nullable=False),
        sa.Column("not_sent", sa.Integer(), nullable=False),
        sa.Column("clicked", sa.Integer(), nullable=True),
        sa.Column("opened", sa.Integer(), nullable=True),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("receipts", sa.Integer(), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("useful", sa.Integer(), nullable=False),
        *_provenance(),
        sa.CheckConstraint(
            "agency_id IS NULL OR audience_id IS NULL", name=op.f("ck_briefing_result_one_part")
        ),
        _key("briefing_result", "agency_id", "agency"),
        _key("briefing_result", "audience_id", "audience"),
        _key("briefing_result", "issue_id", "briefing_issue"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_result")),
        sa.UniqueConstraint(
            "issue_id",
            "after_days",
            "agency_id",
            "audience_id",
            name=op.f("uq_briefing_result_issue_id_after_days_agency_id_audience_id"),
        ),
    )
    op.create_index(op.f("ix_briefing_result_agency_id"), "briefing_result", ["agency_id"])
    op.create_index(op.f("ix_briefing_result_audience_id"), "briefing_result", ["audience_id"])
    op.create_table(
        "cascade_receipt",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("issue_id", ROW_ID, nullable=False),
        sa.Column("agency_id", ROW_ID, nullable=False),
        sa.Column("team", sa.String(length=120), nullable=False),
        sa.Column("discussed_on", sa.Date(), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("one_thing", sa.Text(), nullable=False),
        sa.Column("given_by_id", ROW_ID, nullable=True),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        *_provenance(),
        sa.CheckConstraint("staff > 0", name=op.f("ck_cascade_receipt_staff")),
        _key("cascade_receipt", "agency_id", "agency"),
        _key("cascade_receipt", "given_by_id", "person"),
        _key("cascade_receipt", "issue_id", "briefing_issue"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cascade_receipt")),
        sa.UniqueConstraint("ref", name=op.f("uq_cascade_receipt_ref")),
    )
    op.create_index("ix_cascade_receipt_agency", "cascade_receipt", ["agency_id", "discussed_on"])
    op.create_index("ix_cascade_receipt_issue", "cascade_receipt", ["issue_id", "agency_id"])
    op.create_table(
        "briefing_opening",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("issue_id", ROW_ID, nullable=False),
        sa.Column("delivery_id", ROW_ID, nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        _key("briefing_opening", "delivery_id", "delivery"),
        _key("briefing_opening", "issue_id", "briefing_issue"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_opening")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_briefing_opening_delivery_id")),
    )
    op.create_index("ix_briefing_opening_issue", "briefing_opening", ["issue_id", "delivery_id"])
    op.create_table(
        "briefing_link",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("issue_id", ROW_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item_id", ROW_ID, nullable=True),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        _key("briefing_link", "issue_id", "briefing_issue"),
        _key("briefing_link", "item_id", "briefing_item"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_link")),
        sa.UniqueConstraint("issue_id", "number", name=op.f("uq_briefing_link_issue_id_number")),
    )
    op.create_index(op.f("ix_briefing_link_item_id"), "briefing_link", ["item_id"])
    op.create_table(
        "briefing_click",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("link_id", ROW_ID, nullable=False),
        sa.Column("delivery_id", ROW_ID, nullable=False),
        sa.Column("clicked_at", UtcDateTime(), nullable=False),
        sa.Column("scanner", sa.String(length=40), nullable=True),
        _key("briefing_click", "delivery_id", "delivery"),
        _key("briefing_click", "link_id", "briefing_link"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_click")),
    )
    op.create_index("ix_briefing_click_delivery", "briefing_click", ["delivery_id", "clicked_at"])
    op.create_index(
        "ix_briefing_click_link", "briefing_click", ["link_id", "scanner", "delivery_id", "clicked_at"]
    )
    op.create_table(
        "briefing_link_total",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("link_id", ROW_ID, nullable=False),
        sa.Column("agency_id", ROW_ID, nullable=True),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("scanners", sa.Integer(), nullable=False),
        _key("briefing_link_total", "agency_id", "agency"),
        _key("briefing_link_total", "link_id", "briefing_link"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_link_total")),
        sa.UniqueConstraint("link_id", "agency_id", name=op.f("uq_briefing_link_total_link_id_agency_id")),
    )
    op.create_index(op.f("ix_briefing_link_total_agency_id"), "briefing_link_total", ["agency_id"])
    op.create_table(
        "briefing_link_result",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("link_id", ROW_ID, nullable=False),
        sa.Column("after_days", sa.Integer(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.Column("readers", sa.Integer(), nullable=True),
        sa.Column("scanners", sa.Integer(), nullable=False),
        _key("briefing_link_result", "link_id", "briefing_link"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_link_result")),
        sa.UniqueConstraint("link_id", "after_days", name=op.f("uq_briefing_link_result_link_id_after_days")),
    )
