"""What child deaths answer when their time limits or their guidance change."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import and_, case, delete, func, select

from app.audit.operations import record_many
from app.cdop.models import ChildDeathCase, Term
from app.cdop.queries.cases import what_clocks_need
from app.cdop.rules.cases import CLOSED, KNOWN, NOTIFIED, PANEL, READY
from app.cdop.standing import PATHWAY, Guidance, keep
from app.clocks import queries as clocks
from app.clocks.models import CaseKind
from app.core.clock import today
from app.core.database import current_session
from app.core.holidays import working_days
from app.core.hooks import Begun


def begun() -> Mapping[int, Sequence[Begun]]:
    """On which days deaths became known under each regime, by its row number, and whether a case is over."""
    is_over = and_(
        ChildDeathCase.closed_on.is_not(None),
        ChildDeathCase.withdrawn_on.is_(None),
        ChildDeathCase.exclusion.is_(None),
    )
    rows = current_session().execute(
        select(
            ChildDeathCase.regime_id,
            ChildDeathCase.known_on,
            func.max(case((is_over, 1), else_=0)),
        )
        .group_by(ChildDeathCase.regime_id, ChildDeathCase.known_on)
        .order_by(ChildDeathCase.regime_id, ChildDeathCase.known_on)
    )
    found: dict[int, list[Begun]] = {}
    for regime_id, known_on, has_ended in rows:
        found.setdefault(regime_id, []).append(Begun(known_on, bool(has_ended)))
    return found


def follow_limits(regime_id: int, since: date) -> None:
    """Compute anew the clocks of the open cases of a regime that began on a day or later, and say so."""
    # Not what the request may have asked before the change.
    held = Guidance(
        limits=clocks.limits(CaseKind.CHILD_DEATH),
        orders=clocks.stage_orders(PATHWAY),
        calendar=working_days(),
    )
    found = (
        current_session()
        .scalars(
            select(ChildDeathCase)
            .where(
                ChildDeathCase.is_open,
                ChildDeathCase.regime_id == regime_id,
                ChildDeathCase.known_on >= since,
            )
            .options(*what_clocks_need())
            .order_by(ChildDeathCase.id)
            .with_for_update(of=ChildDeathCase)
        )
        .all()
    )
    pauses = clocks.pauses(each.ref for each in found)
    for each in found:
        keep(each, on=today(), by=held, pauses=pauses)
    current_session().flush()
    record_many(
        verb="child_death.follow_limits",
        lines=[
            (each.audit_subject, f"Computed the clocks of {each.ref} anew, for a time limit changed")
            for each in found
        ],
    )


def drop_words(regime_id: int) -> None:
    """Take away the words of guidance that is taken off."""
    current_session().execute(delete(Term).where(Term.regime_id == regime_id))


def stages_needed() -> frozenset[str]:
    """The stages that no case does without: its first two, the panel with what leads to it, and its end."""
    return frozenset({KNOWN, NOTIFIED, READY, PANEL, CLOSED})


def copy_words(former_id: int, regime_id: int) -> None:
    """Give new guidance the words that the former has for itself and still offers."""
    session = current_session()
    rows = session.scalars(
        select(Term).where(Term.regime_id == former_id, Term.in_force_until.is_(None)).order_by(Term.id)
    ).all()
    session.add_all(
        Term(
            vocabulary=row.vocabulary,
            code=row.code,
            label=row.label,
            position=row.position,
            definition=row.definition,
            domain_code=row.domain_code,
            regime_id=regime_id,
            in_force_from=row.in_force_from,
        )
        for row in rows
    )
    session.flush()
