"""What the owner does: says how it goes, with proof where there is some, and sends it for sign-off."""

from app.actions import queries
from app.actions.models import Action, ActionUpdate, SignOff
from app.actions.operations.change import Change
from app.actions.operations.errors import AlreadyWritten, TextMissing
from app.actions.operations.evidence import Proof, check_proof, payload, put, stands_already
from app.actions.rules.brag import OwnerView
from app.actions.rules.entry import check_update
from app.actions.rules.lifecycle import Given, Move, Status, check_needs
from app.actions.standing import asked_on
from app.core.database import current_session

#: Where the first word of the owner begins the work.
_NOT_BEGUN = frozenset({Status.AGREED, Status.REOPENED})


def write_update(*, action: Action, words: str, owner_view: OwnerView, proof: Proof | None = None) -> Action:
    """Write what has happened and how it goes, with proof if there is some; the first update begins the work.

    Raises NotAgreed, RecordClosed, WordsMissing, LinkNotUsable, FileRefused, AlreadyWritten.
    """
    change = Change(action)
    check_update(status=change.status, words=words)
    if proof:
        check_proof(proof, change.status)
    if _is_repeated(change, words, owner_view) and (proof is None or stands_already(change, proof)):
        raise AlreadyWritten("You saved this update today already; it stands once")
    acknowledges = _is_asked_to_acknowledge(change.action)
    update = ActionUpdate(
        ref=queries.next_reference_of(change.action, Action.updates, "U"),
        action=change.action,
        written_on=change.on,
        written_by_id=change.by_id,
        words=words.strip(),
        owner_view=owner_view,
    )
    current_session().add(update)
    written: dict[str, str | None] = {
        "update": update.ref,
        "words": update.words,
        "owner_view": str(owner_view),
    }
    line = f"Wrote update {update.ref}"
    if proof:
        piece = put(change, proof)
        line = f"{line} and added evidence {piece.ref}"
        written |= {"evidence": piece.ref, **payload(piece)}
    if change.status in _NOT_BEGUN:
        change.step(Move.START)
    if acknowledges:
        # Whoever says how it goes has it.
        change.action.acknowledged_on = change.on
    change.finish("action.update", line, after=written)
    return change.action


def _is_repeated(change: Change, words: str, owner_view: OwnerView) -> bool:
    """Whether the last update says just this, from the same person on the same day."""
    last = queries.last_update_of(change.action)
    return last is not None and (last.written_on, last.written_by_id, last.words, last.owner_view) == (
        change.on,
        change.by_id,
        words.strip(),
        owner_view,
    )


def _is_asked_to_acknowledge(action: Action) -> bool:
    """Whether nobody has said that they have it since it was agreed, passed on or reopened."""
    since, last = asked_on(action), action.last_update_on
    return action.acknowledged_on is None and since is not None and (last is None or last < since)


def send_for_sign_off(*, action: Action, what_is_different: str, why_missing: str = "") -> SignOff:
    """Hand the work to the group: the owner's clock stops, the group's begins.

    What every agency returns its part of is sent once all have, or with the reason for those that have not.
    Raises IllegalMove, and RuleBroken without evidence or an answer.
    """
    change = Change(action)
    given = Given(evidence_count=len(change.action.evidence_standing), what_is_different=what_is_different)
    check_needs(change.status, Move.SEND_FOR_SIGN_OFF, given, on=change.on)
    missing = queries.returns_of(change.action).missing if change.action.is_all_agency else 0
    reason = why_missing.strip()
    if missing and not reason:
        raise TextMissing("Say why the missing returns are not waited for", "why_missing")
    sign_off = SignOff(
        ref=queries.next_reference_of(change.action, Action.sign_offs, "S"),
        action=change.action,
        sent_on=change.on,
        sent_by_id=change.by_id,
        what_is_different=what_is_different.strip(),
        evidence_number=max(piece.number for piece in change.action.evidence),
    )
    current_session().add(sign_off)
    change.step(Move.SEND_FOR_SIGN_OFF, reason=reason)
    change.finish(
        "action.send_for_sign_off",
        f"Sent for sign-off as {sign_off.ref}",
        after={"what_is_different": sign_off.what_is_different, "why_missing": reason},
    )
    return sign_off
