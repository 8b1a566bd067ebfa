"""What the home of those who review child deaths counts and lists."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from app.accounts.policy import PersonFacts, can
from app.cdop.models import AgencyReturn, ChildDeathCase, Panel, PanelStatus
from app.cdop.queries.cases import visible
from app.cdop.returns.queries import is_chased
from app.cdop.rules.cases import READY
from app.core.database import current_session
from app.core.paging import capped


@dataclass(frozen=True)
class Tally:
    """The figures of the co-ordinator's home."""

    open_cases: int
    ready: int
    returns_late: int
    late: int
    oldest: ChildDeathCase | None


def tally(person: PersonFacts, *, on: date) -> Tally:
    """What stands open for those who review child deaths."""
    session = current_session()
    mine = select(ChildDeathCase.id).where(visible(person), ChildDeathCase.is_open)
    oldest = session.scalars(
        select(ChildDeathCase)
        .where(visible(person), ChildDeathCase.is_open)
        .order_by(ChildDeathCase.known_on, ChildDeathCase.id)
        .limit(1)
    ).first()
    return Tally(
        open_cases=capped(session, mine),
        ready=capped(session, mine.where(ChildDeathCase.stage_code == READY)),
        returns_late=capped(session, _late_returns(person, on).with_only_columns(AgencyReturn.id)),
        late=capped(session, mine.where(ChildDeathCase.sort_due_on < on)),
        oldest=oldest,
    )


def _late_returns(person: PersonFacts, on: date) -> Select[Any]:
    """What agencies owe late to the reviews that the person may read."""
    return (
        select(AgencyReturn)
        .join(AgencyReturn.case)
        .where(visible(person), is_chased(), AgencyReturn.due_on < on)
    )


def next_panel(person: PersonFacts, *, on: date) -> tuple[Panel, int, int] | None:
    """The next panel of the person's groups, how many cases are to come to it, and how many are ready."""
    panel = (
        current_session()
        .scalars(
            select(Panel)
            .where(Panel.status == PanelStatus.PLANNED, Panel.meets_on >= on, Panel.withdrawn_on.is_(None))
            .order_by(Panel.meets_on, Panel.id)
            .limit(1)
        )
        .first()
    )
    if panel is None or not can(person, "panel.read", panel.facts):
        return None
    cases, ready = (
        current_session()
        .execute(
            select(func.count(), func.count().filter(ChildDeathCase.stage_code == READY)).where(
                visible(person), ChildDeathCase.panel_id == panel.id, ChildDeathCase.is_open
            )
        )
        .one()
    )
    return panel, cases, ready
