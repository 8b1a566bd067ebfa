"""Every change to a lesson or strength: its words, themes, sharing status and withdrawal."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.accounts.models import Source
from app.accounts.policy import Sharing
from app.audit.operations import record
from app.core import checks
from app.core.acting import current_actor
from app.core.clock import now, today
from app.core.database import current_session
from app.core.references import next_reference
from app.lessons import queries, rules, sources
from app.lessons.models import Lesson, LessonKind, Theme
from app.reviews import rules as review_rules
from app.reviews.models import AuditedCase


def create_lesson(
    *,
    source: Source,
    kind: str,
    heading: str,
    what_we_learned: str = "",
    what_you_should_do: str = "",
    found_on: date,
    number: str = "",
    audited_case: AuditedCase | None = None,
    themes: Sequence[Theme] = (),
) -> Lesson:
    """Add a lesson or a strength to a source, as a draft.

    Raises RecordWithdrawn, WordsMissing, DayToCome, NumberNotUsable, NumberTaken, NotOfThisSource,
    TooManyThemes.
    """
    sources.hold(source)
    review_rules.check_not_withdrawn(source.ref, source.withdrawn_on)
    heading = _checked(source, heading, found_on, audited_case, themes)
    wanted = checks.whole_number(number, field="number")
    rules.check_number(wanted, taken=queries.numbers_taken(source, kind=kind), what=kind)
    session = current_session()
    lesson = Lesson(
        ref=next_reference(session, "L"),
        kind=LessonKind(kind),
        source=source,
        audited_case=audited_case,
        number=wanted,
        heading=heading,
        what_we_learned=what_we_learned,
        what_you_should_do=what_you_should_do,
        found_on=found_on,
        sharing=Sharing.DRAFT,
        themes=list(themes),
        created_at=now(),
    )
    session.add(lesson)
    session.flush()
    record(
        verb="lesson.create",
        subject=lesson.audit_subject,
        line=f"Added the {lesson.kind} {lesson.ref} to {source.ref}",
        before={},
        after=content(lesson),
    )
    return lesson


def change_lesson(
    *,
    lesson: Lesson,
    heading: str,
    what_we_learned: str,
    what_you_should_do: str,
    found_on: date,
    number: str = "",
    audited_case: AuditedCase | None = None,
    themes: Sequence[Theme] = (),
    may_share: bool = False,
    reason: str = "",
) -> Lesson:
    """Change a lesson. Other words than those that were cleared make it a draft again, which takes a reason.

    ``may_share`` says whether the acting person may clear the lesson's wording.
    Raises RecordWithdrawn, WordsMissing, DayToCome, NumberNotUsable, NumberTaken, NotOfThisSource,
    TooManyThemes, WordingCleared.
    """
    _check_standing(lesson)
    heading = _checked(lesson.source, heading, found_on, audited_case, themes)
    wanted = checks.whole_number(number, field="number")
    taken = queries.numbers_taken(lesson.source, kind=lesson.kind, but=lesson)
    rules.check_number(wanted, taken=taken, what=lesson.kind)
    words = (heading, what_we_learned, what_you_should_do)
    reworded = words != (lesson.heading, lesson.what_we_learned, lesson.what_you_should_do)
    sharing = rules.sharing_after_change(
        Sharing(lesson.sharing), reworded=reworded, may_share=may_share, reason=reason
    )
    before = content(lesson)
    lesson.provenance = review_rules.provenance_after(lesson.provenance, words_changed=reworded)
    lesson.heading, lesson.what_we_learned, lesson.what_you_should_do = words
    lesson.found_on = found_on
    lesson.number = wanted
    lesson.audited_case = audited_case
    lesson.themes = list(themes)
    taken_back = sharing != lesson.sharing
    _set_sharing(lesson, sharing)
    current_session().flush()
    record(
        verb="lesson.change",
        subject=lesson.audit_subject,
        line=f"Changed {lesson.ref}" + (", which is a draft again" if taken_back else ""),
        before=before,
        after={**content(lesson), **({"reason": reason.strip()} if reason.strip() else {})},
    )
    return lesson


def share_lesson(
    *, lesson: Lesson, sharing: str, checked: bool = False, words_read: str = "", reason: str = ""
) -> Lesson:
    """Clear or publish the wording of a lesson, or take it back with a reason.

    ``words_read`` is the digest of the words that were read. Raises RecordWithdrawn, MoveNotPossible,
    NotChecked, WordsMissing.
    """
    _check_standing(lesson)
    present, wanted = Sharing(lesson.sharing), Sharing(sharing)
    is_read = words_read == digest(lesson)
    reason = rules.check_sharing(present, wanted, checked=checked, is_read=is_read, reason=reason)
    before = _sharing_content(lesson)
    _set_sharing(lesson, wanted)
    current_session().flush()
    if rules.goes_back(present, wanted):
        line = f"Took {lesson.ref} back from {present} to {wanted}"
    else:
        line = f"{lesson.ref} is now {wanted}"
    record(
        verb="lesson.share",
        subject=lesson.audit_subject,
        line=line,
        before=before,
        after={**_sharing_content(lesson), **({"reason": reason} if reason else {})},
    )
    return lesson


def withdraw_lesson(*, lesson: Lesson, reason: str) -> Lesson:
    """Withdraw a lesson with a reason, once no action answers it; its wording travels no further.

    Raises RecordWithdrawn, WordsMissing, PartsRemain.
    """
    _check_standing(lesson)
    reason = checks.words(reason, "Say why it is withdrawn", "reason")
    review_rules.check_no_parts([(queries.actions_standing(lesson), "action", "actions")], ref=lesson.ref)
    lesson.withdrawn_on = today()
    lesson.withdrawn_reason = reason
    current_session().flush()
    record(
        verb="lesson.withdraw",
        subject=lesson.audit_subject,
        line=f"Withdrew {lesson.ref}",
        before={"withdrawn_on": None, "withdrawn_reason": None},
        after={"withdrawn_on": lesson.withdrawn_on, "withdrawn_reason": reason},
    )
    return lesson


def digest(lesson: Lesson) -> str:
    """The digest of a lesson's words as they stand now."""
    return rules.words_digest(lesson.heading, lesson.what_we_learned, lesson.what_you_should_do)


def content(lesson: Lesson) -> Mapping[str, Any]:
    """What is held of a lesson, for the before and after of the audit trail."""
    return {
        "kind": lesson.kind,
        "audited_case": lesson.audited_case.number if lesson.audited_case else None,
        "number": lesson.number,
        "heading": lesson.heading,
        "what_we_learned": lesson.what_we_learned,
        "what_you_should_do": lesson.what_you_should_do,
        "found_on": lesson.found_on,
        "themes": sorted(theme.ref for theme in lesson.themes),
        "provenance": lesson.provenance,
        **_sharing_content(lesson),
    }


def _checked(
    source: Source, heading: str, found_on: date, case: AuditedCase | None, themes: Sequence[Theme]
) -> str:
    heading = checks.words(heading, "Enter the heading", "heading")
    checks.day_not_to_come(found_on, today=today(), field="found_on")
    if case is not None and case.review_id != source.id:
        raise rules.NotOfThisSource("Choose a case of this review", "audited_case")
    rules.check_themes([theme.ref for theme in themes])
    return heading


def _check_standing(lesson: Lesson) -> None:
    sources.hold(lesson.source, lesson)
    review_rules.check_not_withdrawn(lesson.source.ref, lesson.source.withdrawn_on)
    review_rules.check_not_withdrawn(lesson.ref, lesson.withdrawn_on)


def _set_sharing(lesson: Lesson, sharing: Sharing) -> None:
    """Write how far the wording may travel, with the days it was let go; the trail holds the days before."""
    present = Sharing(lesson.sharing)
    if sharing is present:
        return
    lesson.sharing = sharing
    if sharing is not Sharing.PUBLISHED:
        lesson.published_on = None
    else:
        lesson.published_on = today()
    if sharing is Sharing.DRAFT:
        lesson.cleared_on, lesson.cleared_by_id = None, None
    elif present is Sharing.DRAFT:
        lesson.cleared_on, lesson.cleared_by_id = today(), current_actor().person_id


def _sharing_content(lesson: Lesson) -> Mapping[str, Any]:
    return {
        "sharing": str(lesson.sharing),
        "cleared_on": lesson.cleared_on,
        "published_on": lesson.published_on,
    }
