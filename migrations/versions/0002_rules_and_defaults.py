"""An append-only audit trail, and the defaults that make an empty database usable."""

from datetime import date

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0002"
down_revision = "0001"

APPEND_ONLY = ("audit_entry", "audit_payload", "audit_seal")

REGIMES = (
    ("WT2013", "Working Together 2013", date(2013, 4, 15), date(2015, 3, 25)),
    ("WT2015_SCR", "Working Together 2015", date(2015, 3, 26), date(2018, 6, 28)),
    ("WT2018", "Working Together 2018", date(2018, 6, 29), date(2023, 12, 14)),
    ("WT2023", "Working Together 2023", date(2023, 12, 15), None),
)

SERIOUS_CASE_REVIEW = (
    ("notified", "Notified", False),
    ("scoping", "Scoping", False),
    ("decided", "Decision to review", False),
    ("commissioned", "Reviewers commissioned", False),
    ("analysis", "Chronologies and analysis", False),
    ("report", "Report agreed", False),
    ("published", "Published", False),
    ("completed", "Learning tracked to closure", True),
)
PRACTICE_REVIEW = (
    ("notified", "Notified", False),
    ("rapid_review", "Rapid review", False),
    *SERIOUS_CASE_REVIEW[2:],
)
CASE_AUDIT = (
    ("planned", "Planned", False),
    ("fieldwork", "Agencies audit their files", False),
    ("meeting", "Multi-agency meeting", False),
    ("findings", "Findings agreed", False),
    ("published", "Learning shared", False),
    ("completed", "Learning tracked to closure", True),
)
OTHER_SOURCE = (
    ("received", "Received", False),
    ("considered", "Considered by the sub-group", False),
    ("published", "Learning shared", False),
    ("completed", "Learning tracked to closure", True),
)

#: Name, days from the due date, whom it reaches, and the days between repeats.
LADDER = (
    ("owner-28", -28, "owner", None),
    ("owner-7", -7, "owner", None),
    ("owner+0", 0, "owner", None),
    ("owner+1", 1, "owner", 7),
    ("deputy+1", 1, "deputy", 7),
    ("agency_lead+7", 7, "agency_lead", None),
    ("board_member+14", 14, "board_member", None),
    ("group_chair+28", 28, "group_chair", None),
    ("independent_chair+56", 56, "independent_chair", None),
)

#: From the first day any record could carry: an older case must not fall outside every rule.
FROM_THE_BEGINNING = date(2000, 1, 1)


def upgrade() -> None:
    """Guard the audit trail, then write the defaults and the stamp of the mode."""
    if op.get_context().dialect.name == "sqlite":
        _guard_on_sqlite()
    else:
        _guard_on_postgresql()
    _write_regimes()
    _insert(
        "brag_threshold",
        [
            {
                "in_force_from": FROM_THE_BEGINNING,
                "due_soon_days": 28,
                "stale_days": 31,
                "amber_extensions": 1,
                "red_extensions": 2,
            }
        ],
    )
    _insert(
        "extension_tier",
        [
            {
                "in_force_from": FROM_THE_BEGINNING,
                "number": 1,
                "longest_days": 28,
                "decider": "board_manager",
            },
            {
                "in_force_from": FROM_THE_BEGINNING,
                "number": 2,
                "longest_days": None,
                "decider": "group_chair",
            },
            {
                "in_force_from": FROM_THE_BEGINNING,
                "number": 3,
                "longest_days": None,
                "decider": "independent_chair",
            },
        ],
    )
    _insert(
        "ladder_rung",
        [
            {"name": name, "offset_days": days, "tier": tier, "every_days": every}
            for name, days, tier, every in LADDER
        ],
    )
    _insert("quiet_period", [{"from_month": 12, "from_day": 24, "to_month": 1, "to_day": 1}])
    mode = current_app.config["TRACKER_MODE"]
    day = date(2017, 3, 31) if mode == "demo" else None
    _insert("installation", [{"id": 1, "mode": mode, "demonstration_on": day}])


def downgrade() -> None:
    """Take the guards and the defaults away again; the tables go with the migration before."""
    postgresql = op.get_context().dialect.name == "postgresql"
    for table in APPEND_ONLY:
        for deed in ("update", "delete") + (("truncate",) if postgresql else ()):
            on_table = f" ON {table}" if postgresql else ""
            op.execute(f"DROP TRIGGER {table}_refuses_{deed}{on_table}")
    if postgresql:
        op.execute("DROP FUNCTION refuse_change()")
    for name in (
        "installation",
        "quiet_period",
        "ladder_rung",
        "extension_tier",
        "brag_threshold",
        "stage",
        "regime",
    ):
        op.execute(sa.delete(_table(name)))


def _guard_on_sqlite() -> None:
    for table in APPEND_ONLY:
        for deed in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{deed} BEFORE {deed.upper()} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END"
            )


def _guard_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail is never changed'; END $$"
    )
    for table in APPEND_ONLY:
        for deed in ("update", "delete", "truncate"):
            # For the statement, so that one which touches no row is refused too.
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{deed} BEFORE {deed.upper()} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def _write_regimes() -> None:
    _insert(
        "regime",
        [
            {"code": code, "name": name, "in_force_from": begins, "in_force_until": ends}
            for code, name, begins, ends in REGIMES
        ],
    )
    regime = _table("regime")
    numbers = dict(tuple(row) for row in op.get_bind().execute(sa.select(regime.c.code, regime.c.id)))
    rows = []
    for code, _name, begins, _ends in REGIMES:
        case_review = SERIOUS_CASE_REVIEW if begins < date(2018, 6, 29) else PRACTICE_REVIEW
        for pathway, stages in (
            ("case_review", case_review),
            ("case_audit", CASE_AUDIT),
            ("other_source", OTHER_SOURCE),
        ):
            rows += [
                {
                    "regime_id": numbers[code],
                    "pathway": pathway,
                    "position": position,
                    "code": stage,
                    "label": label,
                    "is_final": final,
                }
                for position, (stage, label, final) in enumerate(stages, start=1)
            ]
    _insert("stage", rows)


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def _insert(name: str, rows: list[dict[str, object]]) -> None:
    op.bulk_insert(_table(name), rows)
