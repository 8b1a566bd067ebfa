"""An issue as a whole: created, its words changed, cancelled, put right by another."""

from datetime import date

from sqlalchemy.exc import IntegrityError

from app.briefings import rules
from app.briefings.checking.queries import author_ids
from app.briefings.composing import queries
from app.briefings.composing.operations.beginning import begin, note_author, number, tell, words_of
from app.briefings.composing.operations.items import ORIGINS, standing_items
from app.briefings.composing.rules import QUESTIONS, NotCorrectable, NotToComeAgain, carried
from app.briefings.models import BriefingIssue, BriefingItem, IssueAuthor, IssueState
from app.core import checks
from app.core.clock import machine_now, today
from app.core.database import current_session, keep_for_change
from app.core.references import next_reference

#: How often a number of a month is tried anew while others take it.
TRIES = 5


def create(*, title: str, headline: str = "", introduction: str = "", period: str) -> BriefingIssue:
    """Begin a special issue beside the month's own, with what stands in every issue.

    Raises WordsMissing, WrongPeriod.
    """
    title = checks.words(title, "Enter the title", "title")
    month = rules.month_in_words(period)
    issue = insert(period=period, on=today(), title=title, headline=headline, introduction=introduction)
    note_author(issue)
    issue.items = standing_items(has_training=False)
    number(issue)
    tell(issue, "create", f"Began {issue.ref} for {month}", before={}, after=words_of(issue))
    return issue


def change(
    *, issue: BriefingIssue, title: str, headline: str, introduction: str, questions: str
) -> BriefingIssue:
    """Change the words of an issue beside its items. Raises WordsFrozen, WordsMissing."""
    begin(issue)
    before = words_of(issue)
    issue.title = checks.words(title, "Enter the title", "title")
    issue.headline, issue.introduction, issue.questions = headline, introduction, questions
    after = words_of(issue)
    if after != before:
        names = " and ".join(name for name in after if after[name] != before[name])
        tell(issue, "change", f"Changed the {names} of {issue.ref}", before=before, after=after)
    return issue


def cancel(*, issue: BriefingIssue, reason: str) -> BriefingIssue:
    """Cancel an issue that was not cleared, with a reason. Raises WordsFrozen, WordsMissing."""
    begin(issue)
    reason = checks.words(reason, "Say why it is cancelled", "reason")
    before = {"state": str(issue.state), "stopped_reason": None}
    issue.state, issue.stopped_reason = IssueState.CANCELLED, reason
    after = {"state": str(issue.state), "stopped_reason": reason}
    tell(issue, "cancel", f"Cancelled {issue.ref}", before=before, after=after)
    return issue


def corrected_by(issue: BriefingIssue) -> BriefingIssue:
    """A new issue that names one that went out, and starts from its words. Raises NotCorrectable.

    The words are still those of whoever wrote them there: none of them clears it here either.
    """
    keep_for_change(issue)
    if not rules.went_out(issue.state, issue.sent_on):
        raise NotCorrectable(f"{issue.ref} has not gone out: change it, or cancel it")
    title = f"Correction: {issue.title}"[: BriefingIssue.title.type.length]
    # Whoever was told the wrong thing is told the right one.
    new = _begun_from(issue, title=title, introduction=issue.introduction, corrects=issue)
    tell(
        new,
        "create",
        f"Began {new.ref} to put {issue.ref} right",
        before={},
        after={**words_of(new), "corrects": issue.ref},
    )
    return new


def brought_again(issue: BriefingIssue, *, title: str) -> BriefingIssue:
    """A new issue that brings one again, under another title, to those who followed no link in it.

    It is checked and cleared as any other, and its readers are chosen when it is cleared. Once for an issue.
    Raises WordsMissing, NotToComeAgain.
    """
    keep_for_change(issue)
    title = checks.words(title, "Enter the title", "title")
    if title.casefold() == issue.title.casefold():
        raise NotToComeAgain("Enter another title: under this one they followed nothing", "title")
    if reason := queries.again(issue, counted=True).why_not:
        raise NotToComeAgain(f"{issue.ref} cannot come again: {reason}")
    # Without a day: the check would find it, and rightly so.
    introduction = "We sent this before, under another title. If you have read it, there is nothing to do."
    new = _begun_from(
        issue, title=title, introduction=f"{introduction}\n\n{issue.introduction}".strip(), brings_again=issue
    )
    tell(
        new,
        "create",
        f"Began {new.ref} to bring {issue.ref} again to those who followed no link in it",
        before={},
        after={**words_of(new), "brings_again": issue.ref},
    )
    return new


def _begun_from(
    issue: BriefingIssue,
    *,
    title: str,
    introduction: str,
    corrects: BriefingIssue | None = None,
    brings_again: BriefingIssue | None = None,
) -> BriefingIssue:
    """A draft with the words of an issue, for the same kinds of readers; its authors wrote this one too."""
    new = insert(
        period=rules.period_of(today()),
        on=today(),
        title=title,
        headline=issue.headline,
        introduction=introduction,
        corrects=corrects,
        brings_again=brings_again,
        questions=issue.questions,
    )
    for person_id in sorted(author_ids(issue)):
        new.authors.append(IssueAuthor(person_id=person_id))
    note_author(new)
    new.provenance = carried(issue.provenance)
    new.items = [_copy(item) for item in issue.items]
    number(new)
    new.for_agencies, new.for_areas = list(issue.for_agencies), list(issue.for_areas)
    new.for_audiences, new.for_topics = list(issue.for_audiences), list(issue.for_topics)
    return new


def _copy(item: BriefingItem) -> BriefingItem:
    return BriefingItem(
        **{
            name: getattr(item, name)
            for name in ("position", "section", "why", *ORIGINS.values(), *rules.ITEM_TEXTS)
        },
        audiences=list(item.audiences),
        provenance=carried(item.provenance),
    )


def insert(
    *,
    period: str,
    on: date,
    title: str,
    headline: str,
    introduction: str,
    corrects: BriefingIssue | None = None,
    brings_again: BriefingIssue | None = None,
    questions: str = "\n".join(QUESTIONS),
) -> BriefingIssue:
    """Add an issue under the next number of its month; who else takes the same makes it try the next."""
    session = current_session()
    for tries_left in range(TRIES - 1, -1, -1):
        try:
            with session.begin_nested():
                issue = BriefingIssue(
                    ref=next_reference(session, "B"),
                    period=period,
                    number=queries.next_number(period),
                    title=title,
                    headline=headline,
                    introduction=introduction,
                    questions=questions,
                    corrects=corrects,
                    brings_again=brings_again,
                    prepared_on=on,
                    created_at=machine_now(),
                )
                session.add(issue)
                session.flush()
        except IntegrityError:
            if not tries_left:
                raise
        else:
            return issue
    raise AssertionError("unreachable: the last try raises")
