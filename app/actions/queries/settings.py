"""What the partnership has set: the thresholds of the colours and the tiers of extensions, by day."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from app.accounts.policy import ExtensionDecider
from app.actions.models import BragThreshold, ExtensionTierRow
from app.actions.rules.brag import BragThresholds
from app.actions.rules.date_changes import ExtensionTier
from app.core.database import current_session

#: Where the session remembers the thresholds: a sweep of a thousand actions asks once.
_REMEMBERED = "brag thresholds"


def thresholds(on: date) -> BragThresholds:
    """The thresholds in force on a day. Raises LookupError when none are."""
    found = [values for begins, values in _all_thresholds() if begins <= on]
    if not found:
        raise LookupError(f"no thresholds of the colours are in force on {on}")
    return found[-1]


def forget_thresholds() -> None:
    """Ask anew the next time; for whoever has just changed them."""
    current_session().info.pop(_REMEMBERED, None)


def next_thresholds_on(on: date) -> date | None:
    """The first day after this one on which other thresholds come into force."""
    return next((begins for begins, _ in _all_thresholds() if begins > on), None)


def thresholds_to_come(on: date) -> Sequence[tuple[date, BragThresholds]]:
    """Those that are set and not yet in force on a day, each with the day from which it will be."""
    return [(begins, values) for begins, values in _all_thresholds() if begins > on]


def _all_thresholds() -> Sequence[tuple[date, BragThresholds]]:
    """All of them in the order of their days; asked once a session, which is a request or a job."""
    session = current_session()
    if _REMEMBERED not in session.info:
        session.info[_REMEMBERED] = [
            (
                row.in_force_from,
                BragThresholds(
                    due_soon_days=row.due_soon_days,
                    stale_days=row.stale_days,
                    amber_extensions=row.amber_extensions,
                    red_extensions=row.red_extensions,
                ),
            )
            for row in session.scalars(select(BragThreshold).order_by(BragThreshold.in_force_from))
        ]
    known: Sequence[tuple[date, BragThresholds]] = session.info[_REMEMBERED]
    return known


def tiers(on: date) -> Sequence[ExtensionTier]:
    """Who decides which extension, as set on a day, lowest first."""
    latest = (
        select(func.max(ExtensionTierRow.in_force_from))
        .where(ExtensionTierRow.in_force_from <= on)
        .scalar_subquery()
    )
    rows = current_session().scalars(
        select(ExtensionTierRow)
        .where(ExtensionTierRow.in_force_from == latest)
        .order_by(ExtensionTierRow.number)
    )
    return [ExtensionTier(row.number, row.longest_days, ExtensionDecider(row.decider)) for row in rows]
