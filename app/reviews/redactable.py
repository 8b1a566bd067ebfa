"""The texts of reviews, their parts and published figures, for a redaction."""

from app.accounts.cases.redactable import add_access
from app.audit.redaction.texts import Texts
from app.core.hooks import Redactable
from app.reviews import queries

_NOTE = {"source_note": "What a reader must know of the source"}
_REVIEW = {
    "caption": "What it is called",
    "circumstances": "What happened",
    "parallel_processes": "Proceedings beside the review",
    "recorded_impact": "What came of it, as recorded",
    **_NOTE,
    "withdrawn_reason": "Why it was withdrawn",
}
_STAGE = {"reason": "Why then", "withdrawn_reason": "Why it was withdrawn"}
_CASE = {"summary": "What the audit says of the case", "withdrawn_reason": "Why it was withdrawn"}

#: Who reads why a case is closed to some, or was opened by others.
_WHO_READS_ACCESS = "review.manage_conflicts"
#: What the trail calls that.
_ACCESS = (
    "review.restrict",
    "review.lift_restriction",
    "review.declare_conflict",
    "review.end_conflict",
    "glass.break",
)
_FIGURE = {
    "label": "What is counted",
    "value": "The figure as printed",
    "heading": "Heading it stands under",
    **_NOTE,
    "withdrawn_reason": "Why it was withdrawn",
}


def review(ref: str) -> Redactable:
    """The texts of a review, its stages and audited cases, and of who may open it. Raises NoResultFound."""
    found = queries.review(ref)
    texts = (
        Texts(found)
        .of(found, _REVIEW)
        .of_each(found.stages, _STAGE | _NOTE, under="stage", called="Stage")
        .of_each(found.audited_cases, _CASE | _NOTE, under="case", called="Audited case")
    )
    return add_access(texts, ref, only_for=_WHO_READS_ACCESS, told_as=_ACCESS).done()


def figure(ref: str) -> Redactable:
    """The texts of a published figure. Raises NoResultFound."""
    found = queries.figure(ref)
    return Texts(found).of(found, _FIGURE).done()
