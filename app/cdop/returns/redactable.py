"""The texts of an agency return and of everything that happened to it, for a redaction."""

from app.audit.redaction.texts import Texts
from app.cdop.returns import queries
from app.core.hooks import Redactable

_RETURN = {
    "waived_reason": "Why it was waived",
    "withdrawn_reason": "Why it was a mistake to ask",
    "source_note": "What a reader must know of the source",
}


def agency_return(ref: str) -> Redactable:
    """The texts of a return, its steps and what was asked by hand. Raises NoResultFound."""
    found = queries.agency_return(ref)
    # A reason that is not given now may not stand where nothing was waived or taken back; its step has it.
    held = {name: label for name, label in _RETURN.items() if getattr(found, name)}
    texts = Texts(found).of(found, held)
    texts.of_each(
        found.steps,
        {"reason": "Reason", "source_note": "What a reader must know of the source"},
        under="step",
        called="Step",
    )
    texts.of_each(found.nudges, {"note": "What was asked"}, under="nudge", called="Question by hand")
    return texts.done()
