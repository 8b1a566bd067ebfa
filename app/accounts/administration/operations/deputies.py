"""Who stands in for whom, and when."""

from datetime import date

from app.accounts import queries as accounts
from app.accounts.administration import queries, rules
from app.accounts.models import Deputy, Person
from app.accounts.policy import Role
from app.accounts.rules import check_not_for_oneself
from app.audit.operations import Subject, record
from app.core.acting import current_actor
from app.core.clock import now, today
from app.core.database import current_session
from app.core.filters import date_long


def arrange(
    *, person: Person, deputy: Person, from_on: date, until_on: date | None, is_absence: bool
) -> Deputy:
    """Have somebody stand in for a person: on every day from the first one, or while the person is away.

    One standing deputy and one for an absence may hold on the same day, never two of either. Raises HasLeft,
    OwnAccess, DeputyUnfit, DaysUnfit, Overlaps.
    """
    # Two arrangements made at the same moment must see one another.
    current_session().refresh(person, with_for_update={"of": Person})
    if not person.active:
        raise rules.HasLeft(f"{person.name} has left.")
    check_not_stepping_in(person, deputy, field="deputy")
    rules.check_deputy(
        is_same=deputy.id == person.id,
        is_active=deputy.active,
        is_of_agency=may_stand_in(person, deputy),
        person_name=person.name,
        deputy_name=deputy.name,
    )
    standing = [
        rules.Arrangement(row.from_on, row.until_on)
        for row in queries.deputies_from(person.id, today())
        if row.is_absence == is_absence
    ]
    rules.check_days(rules.Arrangement(from_on, until_on), standing, today=today())
    row = Deputy(
        person=person,
        deputy=deputy,
        from_on=from_on,
        until_on=until_on,
        is_absence=is_absence,
        arranged_by_id=current_actor().person_id,
        arranged_at=now(),
    )
    current_session().add(row)
    current_session().flush()
    until = f"until {date_long(until_on)}" if until_on else "until further notice"
    record(
        verb="person.arrange_deputy",
        subject=Subject("person", person.ref),
        line=f"{deputy.name} stands in for {person.name} from {date_long(from_on)} {until}",
        before={},
        after={"deputy": deputy.ref, "from_on": from_on, "until_on": until_on, "is_absence": is_absence},
    )
    return row


def end_early(*, arrangement: Deputy) -> Deputy:
    """End an arrangement today, or call off one that has not begun. Raises DaysUnfit when it is over."""
    if arrangement.ended_on is not None or (
        arrangement.until_on is not None and arrangement.until_on < today()
    ):
        raise rules.DaysUnfit("This arrangement is over already.")
    arrangement.ended_on = today()
    current_session().flush()
    person = arrangement.person
    record(
        verb="person.arrange_deputy",
        subject=Subject("person", person.ref),
        line=f"{arrangement.deputy.name} no longer stands in for {person.name}",
        before={"ended_on": None},
        after={"ended_on": arrangement.ended_on},
    )
    return arrangement


def check_not_stepping_in(person: Person, deputy: Person, *, field: str | None = None) -> None:
    """Refuse to make oneself the deputy of somebody whose agency one does not lead. Raises OwnAccess.

    A deputy opens what the person owes; an agency's lead opens that anyway.
    """
    leads = () if person.agency_id is None else accounts.holders(Role.AGENCY_LEAD, agency_id=person.agency_id)
    if deputy.id != person.id and deputy.id not in {lead.id for lead in leads}:
        check_not_for_oneself(deputy.id, current_actor().person_id, field=field)


def may_stand_in(person: Person, deputy: Person) -> bool:
    """Whether the deputy works for the person's agency; for somebody of no agency, anybody may stand in."""
    return person.agency_id is None or person.agency_id == deputy.agency_id
