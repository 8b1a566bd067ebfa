"""Since when an acknowledgement is owed is kept on the action: lists and counts find it by an index."""

from collections import defaultdict
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

OPEN = ("agreed", "in_progress", "reopened")
#: What was agreed or reopened and not begun since is asked for from that day; the rest since it passed on.
NOT_BEGUN = ("agreed", "reopened")

ACTION = sa.table(
    "action",
    sa.column("id"),
    sa.column("status"),
    sa.column("agreed_on", sa.Date),
    sa.column("acknowledged_on", sa.Date),
    sa.column("last_update_on", sa.Date),
    sa.column("unacknowledged_since", sa.Date),
)
STEP = sa.table("action_step", sa.column("action_id"), sa.column("move"), sa.column("taken_on", sa.Date))
OWNER_CHANGE = sa.table("owner_change", sa.column("action_id"), sa.column("changed_on", sa.Date))


def upgrade() -> None:
    """Add the column, and write what the rule says of every action as it stands."""
    op.add_column("action", sa.Column("unacknowledged_since", sa.Date(), nullable=True))
    op.create_index("ix_action_agency_unacknowledged", "action", ["agency_id", "unacknowledged_since"])
    since = _owed_since()
    if since:
        op.get_bind().execute(
            ACTION.update()
            .where(ACTION.c.id == sa.bindparam("number"))
            .values(unacknowledged_since=sa.bindparam("since")),
            [{"number": number, "since": day} for number, day in since.items()],
        )


def downgrade() -> None:
    """Take the column away; the rule finds it again from the rest."""
    op.drop_index("ix_action_agency_unacknowledged", "action")
    op.drop_column("action", "unacknowledged_since")


def _owed_since() -> dict[int, date]:
    """The last day on which each open action was agreed, reopened or passed on, if nobody answered since."""
    connection = op.get_bind()
    owed = sa.and_(ACTION.c.status.in_(OPEN), ACTION.c.acknowledged_on.is_(None))
    asked: defaultdict[int, list[date]] = defaultdict(list)
    passed_on = sa.select(OWNER_CHANGE.c.action_id, OWNER_CHANGE.c.changed_on).join(
        ACTION, sa.and_(ACTION.c.id == OWNER_CHANGE.c.action_id, owed)
    )
    not_begun = sa.and_(owed, ACTION.c.status.in_(NOT_BEGUN))
    taken = (
        sa.select(STEP.c.action_id, STEP.c.taken_on)
        .join(ACTION, sa.and_(ACTION.c.id == STEP.c.action_id, not_begun))
        .where(STEP.c.move.in_(["agree", "reopen"]))
    )
    agreed = sa.select(ACTION.c.id, ACTION.c.agreed_on).where(not_begun, ACTION.c.agreed_on.is_not(None))
    for days in (passed_on, taken, agreed):
        for number, day in connection.execute(days):
            asked[number].append(day)
    updated = dict(
        connection.execute(
            sa.select(ACTION.c.id, ACTION.c.last_update_on).where(owed, ACTION.c.last_update_on.is_not(None))
        ).all()
    )
    since = {number: max(days) for number, days in asked.items()}
    return {number: day for number, day in since.items() if number not in updated or updated[number] < day}
