"""The texts of reviews, their parts and published figures, for a redaction."""

from app.audit.redaction.texts import Texts
from app.core.hooks import Redactable
from app.reviews import queries

_REVIEW = {
    "caption": "What it is called",
    "circumstances": "What happened",
    "parallel_processes": "Proceedings beside the review",
    "recorded_impact": "What came of it, as recorded",
    "source_note": "What a reader must know of the source",
    "withdrawn_reason": "Why it was withdrawn",
}
_STAGE = {"reason": "Why then", "withdrawn_reason": "Why it was withdrawn"}
_CASE = {"summary": "What the audit says of the case", "withdrawn_reason": "Why it was withdrawn"}
_FIGURE = {
    "label": "What is counted",
    "value": "The figure as printed",
    "heading": "Heading it stands under",
    "source_note": "What a reader must know of the source",
    "withdrawn_reason": "Why it was withdrawn",
}


def review(ref: str) -> Redactable:
    """The texts of a review, its stages and audited cases. Raises NoResultFound."""
    found = queries.review(ref)
    return (
        Texts(found)
        .of(found, _REVIEW)
        .of_each(found.stages, _STAGE, under="stage", called="Stage")
        .of_each(found.audited_cases, _CASE, under="case", called="Audited case")
        .done()
    )


def figure(ref: str) -> Redactable:
    """The texts of a published figure. Raises NoResultFound."""
    found = queries.figure(ref)
    return Texts(found).of(found, _FIGURE).done()
