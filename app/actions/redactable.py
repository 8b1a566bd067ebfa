"""The texts of actions, of everything that happened to them, and of challenges, for a redaction."""

from sqlalchemy import select

from app.actions import queries
from app.actions.models import Action, Challenge, Evidence
from app.actions.queries.copies import copies_of
from app.audit.redaction.texts import Texts
from app.core.database import current_session
from app.core.hooks import Redactable

_NOTE = {"source_note": "What a reader must know of the source"}
_ACTION = {
    "title": "What is to be done",
    "details": "What the owner needs to know",
    "intended_outcome": "What should be different for children",
    "measure_of_success": "How it is known to have worked",
    "owner_role": "Which post does it",
    **_NOTE,
}
_REASON = {"reason": "Reason"}
_DECIDED = {"decision_reason": "Reason of the decision"}
_EVIDENCE = {"shows": "What it shows", "withdrawn_reason": "Why it was withdrawn"}
_IMPACT = {
    "statement": "What difference it made",
    "measure": "What is measured",
    "baseline": "Where it stood",
    "target": "Where it should stand",
    "actual": "Where it stands",
    "measured_by": "Where the figure comes from",
    "unintended_effects": "Unintended effects",
    **_DECIDED,
}
_LINE = {"words": "What was said", "whom": "Who"}
_CHALLENGE = {
    "about": "What it is about",
    "put_to": "Whom it is put to",
    "outcome_words": "What came of it",
    **_NOTE,
}


def action(ref: str) -> Redactable:
    """The texts of an action and of everything that happened to it. Raises NoResultFound."""
    found = queries.action(ref)
    texts = Texts(found, copies=lambda: copies_of(found)).of(found, _ACTION)
    for parts, fields, under, called in _parts(found):
        texts.of_each(parts, fields | _NOTE, under=under, called=called)
    texts.of_each(found.nudges, {"note": "What was asked"}, under="nudge", called="Question by hand")
    for piece in found.evidence:
        texts.of_link(piece, _drop_link, under=f"evidence.{piece.ref}", called=f"Evidence {piece.ref}")
        under = f"evidence.{piece.ref}"
        texts.of_each(
            piece.returns, _REASON | _NOTE, under=f"{under}.return", called=f"Return of {piece.ref},"
        )
        texts.of_each(
            piece.files,
            {"file_name": "Name"} | _NOTE,
            under=f"{under}.file",
            called=f"File of {piece.ref},",
        )
        for place, file in enumerate(piece.files, start=1):
            texts.of_file(
                file.stored_file, under=f"{under}.file.{place}", called=f"File of {piece.ref}, {place}"
            )
    return texts.done()


def _parts(found: Action) -> list[tuple[list[object], dict[str, str], str, str]]:
    return [
        (list(found.updates), {"words": "What happened"}, "update", "Update"),
        (list(found.evidence), _EVIDENCE, "evidence", "Evidence"),
        (
            list(found.extension_requests),
            {**_REASON, "interim_safeguard": "What keeps children safe until then", **_DECIDED},
            "extension",
            "Request for more time",
        ),
        (
            list(found.sign_offs),
            {"what_is_different": "What is different now", **_DECIDED},
            "sign_off",
            "Sign-off",
        ),
        (list(found.impact_statements), _IMPACT, "impact", "Impact statement"),
        (list(found.not_for_us), {**_REASON, **_DECIDED}, "not_for_us", "Answer that it is not for us"),
        (list(found.steps), _REASON, "step", "Step"),
        (list(found.date_changes), _REASON, "date_change", "Change of date"),
        (list(found.owner_changes), _REASON, "owner_change", "Change of owner"),
        (list(found.colour_overrides), _REASON, "colour", "Declared colour"),
    ]


def _drop_link(piece: Evidence) -> None:
    """A mark is no address: the evidence stays as words."""
    piece.link, piece.kind = None, "words"


def challenge(ref: str) -> Redactable:
    """The texts of a challenge and its log. Raises NoResultFound."""
    found = current_session().scalars(select(Challenge).where(Challenge.ref == ref)).one()
    return (
        Texts(found)
        .of(found, _CHALLENGE)
        .of_each(found.entries, _LINE | _NOTE, under="entry", called="Line")
        .done()
    )
