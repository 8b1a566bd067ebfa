"""What the ladder brought to somebody who may not open it: agency returns about deaths."""

from datetime import date

from sqlalchemy import and_, select

from app.accounts.guard import may
from app.accounts.policy import PersonFacts
from app.cdop.models import AgencyReturn
from app.cdop.returns import queries as returns
from app.core.filters import days_late
from app.reminders.models import Reminder
from app.reports.homes.owing import OwedList, OwedRow, OwingSection
from app.reports.homes.parts import MOST_ROWS


def brought(facts: PersonFacts, on: date) -> OwingSection | None:
    """The late returns that the person was told of and may not read: what the message said, and no more.

    They see the reference, the dates and who answers, so that they can ask; the record in eCDOP and the forms
    stay inside the compartment. None where there are none.
    """
    told = select(Reminder.subject_ref).where(
        Reminder.recipient_id == facts.id,
        Reminder.subject_kind == returns.KIND,
        Reminder.taken_out_at.is_(None),
    )
    condition = and_(
        AgencyReturn.ref.in_(told),
        returns.is_chased(),
        AgencyReturn.due_on < on,
        returns.without_conflict(facts),
    )
    owed = returns.owed(condition, limit=2 * MOST_ROWS)
    found = [each for each in owed if not may("agency_return.read", each)]
    if not found:
        return None
    rows = [
        OwedRow(
            ref=each.ref,
            title="Forms to return in eCDOP",
            due_on=each.due_on,
            href="",
            late=days_late(each.due_on, on),
            button=None,
            note=f"{each.agency.short_name}: {each.owner.name if each.owner else 'its lead'} answers",
        )
        for each in found
    ]
    return OwingSection(
        name="brought",
        title="Which agency returns were brought to you?",
        about="Only who answers and who asked may open them: ask them how it stands",
        tiles=(),
        lists=[OwedList("brought", "Overdue", len(rows), rows, (), is_loud=True)],
        is_whole=False,
    )
