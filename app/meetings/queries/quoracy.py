"""Which rule of quoracy a panel has, and what it lacked by it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.cdop.models import Panel
from app.core.database import current_session
from app.meetings.models import Attendee, AttendeeKind, QuorumPart, QuorumRule
from app.meetings.rules.quoracy import Part, Present, Quorum, lacks, quorum_on


def quorum_rules() -> Sequence[QuorumRule]:
    """Every version of the rule, the youngest first."""
    return (
        current_session()
        .scalars(
            select(QuorumRule)
            .options(
                joinedload(QuorumRule.group),
                joinedload(QuorumRule.set_by),
                selectinload(QuorumRule.parts).joinedload(QuorumPart.agency),
            )
            .order_by(QuorumRule.in_force_from.desc(), QuorumRule.id.desc())
        )
        .all()
    )


def quorum_for(panel: Panel) -> Quorum | None:
    """The rule that a panel has on its day; None where none was in force."""
    versions = [
        Quorum(
            group_id=rule.group_id,
            in_force_from=rule.in_force_from,
            least=rule.least_attendance,
            parts=tuple(Part(part.label, part.agency_id) for part in rule.parts),
        )
        for rule in quorum_rules()
    ]
    return quorum_on(versions, group_id=panel.group_id, meets_on=panel.meets_on)


def judged(panel: Panel, attendees: Iterable[Attendee]) -> list[str]:
    """What a panel lacks to be quorate with those who attended, each in a sentence."""
    present = [
        Present(
            agency_id=each.agency_id,
            stood_for=frozenset(each.stood_for.splitlines()),
            counts=each.kind != AttendeeKind.EXPERT,
        )
        for each in attendees
        if each.attended
    ]
    return lacks(quorum_for(panel), present)
