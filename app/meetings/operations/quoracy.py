"""The rule of quoracy: set anew from a day on, so that panels that met keep theirs."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.accounts.models import Agency, Group
from app.audit.operations import Subject, record
from app.core.acting import current_actor
from app.core.clock import today
from app.core.database import current_session
from app.core.filters import date_long
from app.meetings.models import QuorumPart, QuorumRule
from app.meetings.rules import quoracy as rules


def set_quorum(
    *,
    in_force_from: date,
    least_attendance: str,
    group: Group | None = None,
    professions: Sequence[str] = (),
    agencies: Sequence[Agency] = (),
    note: str = "",
) -> QuorumRule:
    """Set how many have to attend a panel and who has to be there, from a day on.

    Raises NumberNotUsable, WordsMissing, QuorumNotUsable.
    """
    labels = [label.strip() for label in professions if label.strip()]
    least = rules.check_rule(least_attendance, labels)
    session = current_session()
    of_group = QuorumRule.group_id.is_(None) if group is None else QuorumRule.group_id == group.id
    # Whoever waited here for somebody else's rule sees it only by asking anew.
    session.execute(select(QuorumRule.id).where(of_group).with_for_update())
    taken = session.scalars(select(QuorumRule.in_force_from).where(of_group)).all()
    rules.check_begins(in_force_from, taken, today=today())
    rule = QuorumRule(
        group=group,
        in_force_from=in_force_from,
        least_attendance=least,
        note=note,
        set_by_id=current_actor().person_id,
    )
    asked: list[tuple[str, Agency | None]] = [(label, None) for label in labels]
    asked += [(agency.name[:100], agency) for agency in agencies]
    rule.parts = [
        QuorumPart(position=position, label=label, agency=agency)
        for position, (label, agency) in enumerate(asked, start=1)
    ]
    session.add(rule)
    session.flush()
    record(
        verb="quorum.change",
        subject=Subject("quorum", group.ref if group else "panels"),
        line=f"Set who has to attend panels from {date_long(in_force_from)}",
        before={},
        after={
            "group": group.ref if group else None,
            "least_attendance": least,
            "parts": [label for label, _ in asked],
            "note": note,
        },
    )
    return rule
