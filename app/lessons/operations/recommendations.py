"""Every change to a recommendation: its wording, the lessons it answers, the response and its withdrawal."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.accounts.models import Source
from app.audit.operations import record
from app.core import checks
from app.core.acting import current_actor
from app.core.clock import now, today
from app.core.database import current_session
from app.core.references import next_reference
from app.lessons import queries, rules, sources
from app.lessons.models import Lesson, Recommendation, Response
from app.reviews import rules as review_rules


def create_recommendation(
    *, source: Source, number: str, wording: str, made_on: date, lessons: Sequence[Lesson] = ()
) -> Recommendation:
    """Add a recommendation under the number it has in the report.

    Raises RecordWithdrawn, WordsMissing, DayToCome, NumberTaken, NotOfThisSource.
    """
    sources.hold(source)
    review_rules.check_not_withdrawn(source.ref, source.withdrawn_on)
    taken = queries.recommendation_numbers(source)
    number, wording = _checked(source, number, wording, made_on, lessons, taken)
    session = current_session()
    recommendation = Recommendation(
        ref=next_reference(session, "C"),
        source=source,
        number=number,
        wording=wording,
        made_on=made_on,
        lessons=list(lessons),
        created_at=now(),
    )
    session.add(recommendation)
    session.flush()
    record(
        verb="recommendation.create",
        subject=recommendation.audit_subject,
        line=f"Added the recommendation {recommendation.ref} to {source.ref}",
        before={},
        after=content(recommendation),
    )
    return recommendation


def change_recommendation(
    *,
    recommendation: Recommendation,
    number: str,
    wording: str,
    made_on: date,
    lessons: Sequence[Lesson] = (),
) -> Recommendation:
    """Change a recommendation; the response to it stays.

    Raises RecordWithdrawn, WordsMissing, DayToCome, NumberTaken, NotOfThisSource.
    """
    _check_standing(recommendation)
    taken = queries.recommendation_numbers(recommendation.source, but=recommendation)
    number, wording = _checked(recommendation.source, number, wording, made_on, lessons, taken)
    before = content(recommendation)
    reworded = (recommendation.number, recommendation.wording) != (number, wording)
    recommendation.provenance = review_rules.provenance_after(
        recommendation.provenance, words_changed=reworded
    )
    recommendation.number, recommendation.wording = number, wording
    recommendation.made_on = made_on
    recommendation.lessons = list(lessons)
    current_session().flush()
    record(
        verb="recommendation.change",
        subject=recommendation.audit_subject,
        line=f"Changed {recommendation.ref}",
        before=before,
        after=content(recommendation),
    )
    return recommendation


def respond(*, recommendation: Recommendation, response: str, reason: str = "") -> Recommendation:
    """Give the partnership's response to a recommendation, or another one with a reason.

    Raises RecordWithdrawn, WordsMissing.
    """
    _check_standing(recommendation)
    answered = recommendation.response is not None
    reason = rules.check_response(response, reason=reason, answered=answered)
    before = _response_content(recommendation)
    recommendation.response = Response(response)
    recommendation.response_reason = reason
    recommendation.responded_on = today()
    recommendation.responded_by_id = current_actor().person_id
    current_session().flush()
    record(
        verb="recommendation.respond",
        subject=recommendation.audit_subject,
        line=f"{recommendation.ref} is {recommendation.response_label.lower()}",
        before=before,
        after=_response_content(recommendation),
    )
    return recommendation


def withdraw_recommendation(*, recommendation: Recommendation, reason: str) -> Recommendation:
    """Withdraw a recommendation with a reason, once no action answers it.

    Raises RecordWithdrawn, WordsMissing, PartsRemain.
    """
    _check_standing(recommendation)
    reason = checks.words(reason, "Say why it is withdrawn", "reason")
    actions = queries.actions_standing(recommendation)
    review_rules.check_no_parts([(actions, "action", "actions")], ref=recommendation.ref)
    recommendation.withdrawn_on = today()
    recommendation.withdrawn_reason = reason
    current_session().flush()
    record(
        verb="recommendation.withdraw",
        subject=recommendation.audit_subject,
        line=f"Withdrew {recommendation.ref}",
        before={"withdrawn_on": None, "withdrawn_reason": None},
        after={"withdrawn_on": recommendation.withdrawn_on, "withdrawn_reason": reason},
    )
    return recommendation


def content(recommendation: Recommendation) -> Mapping[str, Any]:
    """What is held of a recommendation, for the before and after of the audit trail."""
    return {
        "number": recommendation.number,
        "wording": recommendation.wording,
        "made_on": recommendation.made_on,
        "lessons": sorted(lesson.ref for lesson in recommendation.lessons),
        "provenance": recommendation.provenance,
    }


def _checked(
    source: Source,
    number: str,
    wording: str,
    made_on: date,
    lessons: Sequence[Lesson],
    taken: set[str],
) -> tuple[str, str]:
    number = checks.words(number, "Enter the number it has in the report, for example 4 or 4a", "number")
    rules.check_number(number, taken=taken, what="recommendation")
    wording = checks.words(wording, "Enter what is recommended", "wording")
    checks.day_not_to_come(made_on, today=today(), field="made_on")
    if any(lesson.source_id != source.id for lesson in lessons):
        raise rules.NotOfThisSource("Choose lessons of this source", "lessons")
    return number, wording


def _check_standing(recommendation: Recommendation) -> None:
    source = recommendation.source
    sources.hold(source, recommendation)
    review_rules.check_not_withdrawn(source.ref, source.withdrawn_on)
    review_rules.check_not_withdrawn(recommendation.ref, recommendation.withdrawn_on)


def _response_content(recommendation: Recommendation) -> Mapping[str, Any]:
    return {
        "response": recommendation.response and str(recommendation.response),
        "response_reason": recommendation.response_reason,
        "responded_on": recommendation.responded_on,
    }
