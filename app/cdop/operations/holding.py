"""What every operation on a case begins with, and what the audit trail says of it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.cdop.models import ChildDeathCase
from app.cdop.returns.queries import KIND
from app.cdop.rules import cases as rules
from app.cdop.standing import keep
from app.core import hooks
from app.core.clock import today
from app.core.database import current_session, keep_for_change


def hold(case: ChildDeathCase, *parts: object) -> None:
    """Keep every other writer from a case and what hangs on it, until the transaction ends.

    Whoever waited here for somebody else sees what the other did: the case and the parts named are read
    again.
    """
    keep_for_change(case)
    for part in parts:
        current_session().expire(part)


def hold_while_it_goes_on(case: ChildDeathCase, *parts: object) -> None:
    """The same of a case that is neither closed, excluded nor withdrawn. Raises CaseOver."""
    hold(case, *parts)
    rules.check_goes_on(
        case.ref,
        withdrawn_on=case.withdrawn_on,
        closed_on=case.closed_on,
        is_excluded=case.exclusion is not None,
    )


def keep_up(case: ChildDeathCase) -> None:
    """Write what is kept of a case after a change."""
    current_session().flush()
    keep(case, on=today())
    current_session().flush()


def let_agencies_off(case: ChildDeathCase) -> None:
    """Take what agencies are asked about a case out of messages not sent yet, where it goes on no longer."""
    if not case.is_open:
        for each in case.returns:
            if each.is_open:
                hooks.dues_changed.ask(KIND, each.ref)


def content(case: ChildDeathCase) -> Mapping[str, Any]:
    """What is held of a case, for the before and after of the audit trail."""
    return {
        "cdop_number": case.cdop_number,
        "ecdop_ref": case.ecdop_ref,
        "group": case.group.ref,
        "regime": case.regime.code,
        "death_quarter_on": case.death_quarter_on,
        "age_band": case.age_band,
        "sex": case.sex,
        "ethnicity_group": case.ethnicity_group,
        "place": case.place,
        "area": case.area.ref,
        "expectedness": case.expectedness,
        "joint_agency_response": case.joint_agency_response,
        "exclusion": case.exclusion,
        "known_on": case.known_on,
        "stage": case.stage_code,
        "stage_reached_on": case.stage_reached_on,
        "provenance": case.provenance,
    }


def targets(moved: Iterable[rules.Moved]) -> Mapping[str, Mapping[str, date | None]]:
    """The clocks that a change moved, for the audit trail: by label, the target before and after."""
    return {each.label: {"before": each.before, "after": each.after} for each in moved}
