"""What the owner does: says how it goes, adds proof, and sends it for sign-off."""

from dataclasses import dataclass

from app.actions import queries
from app.actions.models import Action, ActionUpdate, Evidence, SignOff
from app.actions.operations.change import Change, words
from app.actions.operations.errors import EvidenceKept
from app.actions.rules.brag import OwnerView
from app.actions.rules.entry import EvidenceKind, check_evidence, check_update
from app.actions.rules.lifecycle import OPEN, Given, Move, Status, check_needs
from app.core.database import current_session

#: Where the first word of the owner begins the work.
_NOT_BEGUN = frozenset({Status.AGREED, Status.REOPENED})


@dataclass(frozen=True)
class Proof:
    """Evidence as it is handed in: words, or a link with what it shows."""

    kind: EvidenceKind
    shows: str
    link: str | None = None


def write_update(*, action: Action, words: str, owner_view: OwnerView, proof: Proof | None = None) -> Action:
    """Write what has happened and how it goes, with proof if there is some; the first update begins the work.

    Raises NotAgreed, RecordClosed, WordsMissing, LinkNotUsable.
    """
    change = Change(action)
    check_update(status=change.status, words=words)
    if proof:
        _check(proof, change.status)
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
        piece = _add(change, proof)
        line = f"{line} and added evidence {piece.ref}"
        written |= {"evidence": piece.ref, **_payload(piece)}
    if change.status in _NOT_BEGUN:
        change.step(Move.START)
    change.finish("action.update", line, after=written)
    return change.action


def add_evidence(*, action: Action, proof: Proof) -> Evidence:
    """Add proof: words or a link. Raises NotAgreed, RecordClosed, WordsMissing, LinkNotUsable."""
    change = Change(action)
    _check(proof, change.status)
    piece = _add(change, proof)
    change.finish("action.add_evidence", f"Added evidence {piece.ref}", after=_payload(piece))
    return piece


def withdraw_evidence(*, evidence: Evidence, reason: str) -> Evidence:
    """Withdraw proof that should not have been added; it stays on the record, marked.

    Only before it was sent for sign-off: what a decision stood on is kept. Raises EvidenceKept, TextMissing.
    """
    change = Change(evidence.action)
    given = words(reason, "Give the reason", "reason")
    if change.status not in OPEN:
        raise EvidenceKept(f"This action is ‘{change.status.label}’, so its evidence stays as it is")
    if evidence.withdrawn_on is not None:
        raise EvidenceKept("This evidence was withdrawn already")
    if any(sign_off.sent_on >= evidence.added_on for sign_off in change.action.sign_offs):
        raise EvidenceKept(
            "This evidence was sent for sign-off, so it stays on the record. Add what is right instead"
        )
    evidence.withdrawn_on, evidence.withdrawn_reason = change.on, given
    change.finish(
        "action.withdraw_evidence",
        f"Withdrew evidence {evidence.ref}",
        before=_payload(evidence),
        after={"reason": given},
    )
    return evidence


def send_for_sign_off(*, action: Action, what_is_different: str) -> SignOff:
    """Hand the work to the group: the owner's clock stops, the group's begins.

    Raises IllegalMove, and RuleBroken without evidence or an answer.
    """
    change = Change(action)
    given = Given(evidence_count=len(change.action.evidence_standing), what_is_different=what_is_different)
    check_needs(change.status, Move.SEND_FOR_SIGN_OFF, given, on=change.on)
    sign_off = SignOff(
        ref=queries.next_reference_of(change.action, Action.sign_offs, "S"),
        action=change.action,
        sent_on=change.on,
        sent_by_id=change.by_id,
        what_is_different=what_is_different.strip(),
    )
    current_session().add(sign_off)
    change.step(Move.SEND_FOR_SIGN_OFF)
    change.finish(
        "action.send_for_sign_off",
        f"Sent for sign-off as {sign_off.ref}",
        after={"what_is_different": sign_off.what_is_different},
    )
    return sign_off


def _check(proof: Proof, status: Status) -> None:
    check_evidence(status=status, kind=proof.kind, shows=proof.shows, link=proof.link)


def _add(change: Change, proof: Proof) -> Evidence:
    is_link = proof.kind is EvidenceKind.LINK
    piece = Evidence(
        ref=queries.next_reference_of(change.action, Action.evidence, "E"),
        action=change.action,
        kind=proof.kind,
        shows=proof.shows.strip(),
        link=(proof.link or "").strip() if is_link else None,
        added_on=change.on,
        added_by_id=change.by_id,
    )
    current_session().add(piece)
    return piece


def _payload(piece: Evidence) -> dict[str, str | None]:
    return {"kind": str(piece.kind), "shows": piece.shows, "link": piece.link}
