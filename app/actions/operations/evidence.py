"""Evidence: added in words, as a link or as a file, made better, given back, and withdrawn; never changed."""

from dataclasses import dataclass

from app.actions import deciders, queries
from app.actions.models import Action, Evidence
from app.actions.models.evidence import EvidenceFile, EvidenceReturn
from app.actions.operations.change import Change, words
from app.actions.operations.errors import AlreadyWritten, EvidenceKept
from app.actions.rules.entry import EvidenceKind, Nature, check_evidence, check_reportable
from app.actions.rules.lifecycle import OPEN, Status
from app.core.database import current_session
from app.core.files.operations import stored_file
from app.core.files.receiving import Received
from app.core.files.refusals import FIELD


@dataclass(frozen=True)
class Proof:
    """Evidence as it is handed in: words, a link with what it shows, and a file where there is one."""

    kind: EvidenceKind
    shows: str
    link: str | None = None
    nature: Nature = Nature.DOCUMENT
    file: Received | None = None


def add_evidence(*, action: Action, proof: Proof) -> Evidence:
    """Add proof. Raises NotAgreed, RecordClosed, WordsMissing, LinkNotUsable, FileRefused, AlreadyWritten."""
    change = Change(action)
    check_proof(proof, change.status)
    if stands_already(change, proof):
        raise AlreadyWritten("You added this today already; it stands once")
    piece = put(change, proof)
    change.finish("action.add_evidence", f"Added evidence {piece.ref}", after=payload(piece))
    return piece


def add_version(*, evidence: Evidence, file: Received) -> EvidenceFile:
    """Put a better file beside those that stand as this evidence; they all stay.

    Raises NotAgreed, RecordClosed, EvidenceKept where it was withdrawn, FileRefused, AlreadyWritten where the
    newest of them is this very file.
    """
    change = Change(evidence.action)
    check_reportable(change.status)
    if evidence.withdrawn_on is not None:
        raise EvidenceKept("This evidence was withdrawn. Add the file as new evidence")
    # Somebody else may have added one while this waited for the action.
    current_session().expire(evidence, ["files"])
    if evidence.files and evidence.files[-1].stored_file.digest == file.digest:
        raise AlreadyWritten("This very file stands already as the newest of this evidence", FIELD)
    added = _attach(change, evidence, file)
    change.finish(
        "action.add_evidence",
        f"Added version {added.version} of evidence {evidence.ref}",
        after=_file_payload(added),
    )
    return added


def return_evidence(*, evidence: Evidence, reason: str) -> EvidenceReturn:
    """Give one piece of evidence back with the reason, while the whole still waits for its decision.

    It stays on the record; a better file or other proof may follow. Raises NotAPerson, MayNotDecide,
    EvidenceKept where nothing waits or it was withdrawn, TextMissing.
    """
    change = Change(evidence.action)
    given = words(reason, "Say what is missing or wrong", "reason")
    if change.status is not Status.SUBMITTED:
        raise EvidenceKept(f"This action is ‘{change.status.label}’, so no decision about its evidence waits")
    if evidence.withdrawn_on is not None:
        raise EvidenceKept("This evidence was withdrawn already")
    deciders.check_decides_sign_off(change.person(), change.action)
    returned = EvidenceReturn(
        evidence=evidence, reason=given, returned_on=change.on, returned_by_id=change.by_id
    )
    current_session().add(returned)
    change.finish("action.return_evidence", f"Returned evidence {evidence.ref}", after={"reason": given})
    return returned


def withdraw_evidence(*, evidence: Evidence, reason: str) -> Evidence:
    """Withdraw proof that should not have been added; it stays on the record, marked.

    Only before it was sent for sign-off, or stated to show a difference: what a decision stood on is kept.
    Raises EvidenceKept, TextMissing.
    """
    change = Change(evidence.action)
    given = words(reason, "Give the reason", "reason")
    if change.status not in OPEN:
        raise EvidenceKept(f"This action is ‘{change.status.label}’, so its evidence stays as it is")
    if evidence.withdrawn_on is not None:
        raise EvidenceKept("This evidence was withdrawn already")
    if any(sign_off.stood_on(evidence) for sign_off in change.action.sign_offs):
        raise EvidenceKept(
            "This evidence was sent for sign-off, so it stays on the record. Add what is right instead"
        )
    if any(evidence in statement.evidence for statement in change.action.impact_statements):
        raise EvidenceKept(
            "What difference the action made was shown by this evidence, so it stays on the record"
        )
    evidence.withdrawn_on, evidence.withdrawn_reason = change.on, given
    change.finish(
        "action.withdraw_evidence",
        f"Withdrew evidence {evidence.ref}",
        before=payload(evidence),
        after={"reason": given},
    )
    return evidence


def check_proof(proof: Proof, status: Status) -> None:
    """Hold proof against the rules. Raises NotAgreed, RecordClosed, WordsMissing, LinkNotUsable."""
    check_evidence(status=status, kind=proof.kind, shows=proof.shows, link=proof.link)


def stands_already(change: Change, proof: Proof) -> bool:
    """Whether whoever acts added the same proof today, as when a form is sent twice."""
    digests = [proof.file.digest] if proof.file else []
    return any(
        (piece.kind, piece.nature, piece.shows) == (proof.kind, proof.nature, proof.shows.strip())
        and (piece.link or "") == (proof.link or "").strip()
        and [each.stored_file.digest for each in piece.files[:1]] == digests
        for piece in queries.evidence_added(change.action, on=change.on, by_id=change.by_id)
    )


def put(change: Change, proof: Proof) -> Evidence:
    """Write a piece of evidence within a change. Raises FileRefused."""
    is_link = proof.kind is EvidenceKind.LINK
    piece = Evidence(
        ref=queries.next_reference_of(change.action, Action.evidence, "E"),
        action=change.action,
        kind=proof.kind,
        nature=proof.nature,
        shows=proof.shows.strip(),
        link=(proof.link or "").strip() if is_link else None,
        added_on=change.on,
        added_by_id=change.by_id,
    )
    current_session().add(piece)
    if proof.file is not None:
        _attach(change, piece, proof.file)
    return piece


def payload(piece: Evidence) -> dict[str, str | None]:
    """A piece of evidence as the audit trail keeps it."""
    told: dict[str, str | None] = {
        "kind": str(piece.kind),
        "nature": str(piece.nature),
        "shows": piece.shows,
        "link": piece.link,
    }
    return told | (_file_payload(piece.files[-1]) if piece.files else {})


def _attach(change: Change, piece: Evidence, file: Received) -> EvidenceFile:
    added = EvidenceFile(
        evidence=piece,
        version=max((each.version for each in piece.files), default=0) + 1,
        file_name=file.file_name,
        stored_file=stored_file(file),
        added_on=change.on,
        added_by_id=change.by_id,
    )
    current_session().add(added)
    return added


def _file_payload(file: EvidenceFile) -> dict[str, str | None]:
    return {"file": file.file_name, "sha256": file.stored_file.digest}
