"""The texts of lessons and recommendations, for a redaction."""

from app.audit.redaction.texts import Texts
from app.core.hooks import Redactable
from app.lessons import queries

_LESSON = {
    "heading": "Heading",
    "what_we_learned": "What we learned",
    "what_you_should_do": "What you should do",
    "source_note": "What a reader must know of the source",
    "withdrawn_reason": "Why it was withdrawn",
}
_RECOMMENDATION = {
    "wording": "What is recommended",
    "response_reason": "Why the response is what it is",
    "source_note": "What a reader must know of the source",
    "withdrawn_reason": "Why it was withdrawn",
}


def lesson(ref: str) -> Redactable:
    """The texts of a lesson or strength. Raises NoResultFound."""
    found = queries.lesson(ref)
    return Texts(found).of(found, _LESSON).done()


def recommendation(ref: str) -> Redactable:
    """The texts of a recommendation. Raises NoResultFound."""
    found = queries.recommendation(ref)
    return Texts(found).of(found, _RECOMMENDATION).done()
