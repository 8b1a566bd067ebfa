"""The group ratifies what was signed off under its delegation."""

from collections.abc import Sequence
from datetime import date

from app.actions import deciders, queries
from app.actions.models import SignOff
from app.actions.operations.change import Change
from app.actions.rules.delegation import check_ratification


def ratify(*, sign_offs: Sequence[SignOff], meeting_on: date) -> list[SignOff]:
    """Record that a meeting of the group ratified these decisions, all of them or none.

    Each is on the trail of its own action. The chair who records it neither decided it nor answers for it.
    Raises NotAPerson, MayNotDecide, NothingToRatify, WrongMeeting.
    """
    # In the order in which everybody takes several actions.
    queries.lock([sign_off.action.ref for sign_off in sign_offs])
    return [_ratify_one(sign_off, meeting_on) for sign_off in sign_offs]


def _ratify_one(sign_off: SignOff, meeting_on: date) -> SignOff:
    change = Change(sign_off.action)
    deciders.check_ratifies(change.person(), change.action, sign_off)
    check_ratification(
        is_delegated=sign_off.is_delegated,
        decided_on=sign_off.decided_on,
        ratified_on=sign_off.ratified_on,
        meeting_on=meeting_on,
        on=change.on,
    )
    sign_off.ratified_on, sign_off.ratified_by_id = change.on, change.by_id
    sign_off.ratified_meeting_on = meeting_on
    change.finish("action.ratify", f"Ratified the sign-off {sign_off.ref}", after={"meeting_on": meeting_on})
    return sign_off
