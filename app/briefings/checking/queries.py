"""What the check asks: the texts of an issue, what it finds in them, and why an issue must not go out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, inspect, select
from sqlalchemy.orm import joinedload

from app.accounts import queries as accounts
from app.accounts.models import Agency, AgencyName, Area, Group, Person
from app.accounts.policy import ROLE_LABELS, Role, Sharing, can
from app.briefings import rules as life
from app.briefings.checking import rules
from app.briefings.models import BriefingIssue, BriefingItem, FindingKept, IssueState
from app.briefings.sending import audience
from app.briefings.training import queries as training
from app.clocks.models import Stage
from app.core.asking import asked_once
from app.core.checks import LinkNotUsable, link
from app.core.clock import today
from app.core.database import current_session
from app.core.filters import date_long
from app.lessons.models import Lesson
from app.lessons.operations import digest as lesson_digest
from app.lessons.runs import uncleared_runs
from app.reviews.models import Review, ReviewStage

#: The stage from which on the pseudonym of a review is everybody's.
PUBLISHED = "published"
#: From what an item may have been made.
_ORIGINS = frozenset({"lesson", "action", "event", "review"})


@dataclass(frozen=True)
class Checked:
    """A finding, and what was said where it was kept."""

    finding: rules.Finding
    kept: FindingKept | None

    @property
    def is_settled(self) -> bool:
        """Whether the words stay for a reason."""
        return self.kept is not None


def fields_of(issue: BriefingIssue) -> list[rules.Field]:
    """The texts of an issue that its readers see, in their order; empty ones are left out."""
    fields = [rules.Field(name, label, getattr(issue, name)) for name, label in life.ISSUE_TEXTS.items()]
    for item in issue.items:
        when = training.when(item)
        texts = [(name, label, getattr(item, name)) for name, label in life.ITEM_TEXTS.items()]
        # Readers see it, and whoever enters a training may write anything there.
        for name, label, text in [*texts, ("when", "When and where", when)]:
            fields.append(
                rules.Field(
                    f"item.{name}",
                    label,
                    text or "",
                    item_id=item.id,
                    about=item.made_from or item.heading,
                    is_of_training=name == "when",
                    held_on=training.held_on(item) if name == "when" else None,
                )
            )
    return [field for field in fields if field.text]


def findings_of(issue: BriefingIssue) -> list[Checked]:
    """Everything in an issue that may identify somebody, in the order of its texts."""
    _load_origins(issue)
    fields = fields_of(issue)
    known = rules.Known(
        names=asked_once("the names of the check", _names),
        published=asked_once("the pseudonyms of the check", _published),
        uncleared=uncleared_runs(field.text for field in fields),
    )
    kept = {each.digest: each for each in issue.findings_kept}
    return [
        Checked(finding, kept.get(finding.digest)) for field in fields for finding in rules.find(field, known)
    ]


def unsettled(issue: BriefingIssue) -> int:
    """How many findings are neither changed nor kept with a reason."""
    return sum(not each.is_settled for each in findings_of(issue))


def holds(issue: BriefingIssue, *, on: date | None = None) -> list[str]:
    """Why an issue must not go out as it stands on a day, today if none is named; none for one that may.

    What it was made from may have changed since it was cleared: a lesson that was withdrawn, taken back or
    put in other words travels no further, whatever was cleared. Nor does training that is over by then.
    """
    _load_origins(issue)
    told: list[str] = []
    earlier = issue.brings_again
    if IssueState(issue.state) in life.BEING_WRITTEN and earlier is not None:
        # Its readers are chosen when it is cleared: until then it must be known who they are.
        if not audience.is_known_who_followed(earlier):
            told.append(f"it is no longer kept who followed a link in {earlier.ref}")
        elif not audience.are_enough_for_again(earlier):
            told.append(f"of {earlier.ref}: {life.TOO_FEW_FOR_AGAIN}")
    day = on or today()
    for number, item in enumerate(issue.items, start=1):
        told += [f"Item {number}: {reason}" for reason in _held(item, IssueState(issue.state), day)]
    return told


def _load_origins(issue: BriefingIssue) -> None:
    """Read what the items were made from at once, however many there are, unless that was read before."""
    if all(_has_origins(item) for item in issue.items):
        return
    statement = select(BriefingItem).where(BriefingItem.issue_id == issue.id)
    current_session().scalars(
        statement.options(
            joinedload(BriefingItem.lesson).joinedload(Lesson.source),
            joinedload(BriefingItem.action),
            joinedload(BriefingItem.event),
            joinedload(BriefingItem.review),
        )
    ).all()


def _has_origins(item: BriefingItem) -> bool:
    if _ORIGINS & inspect(item).unloaded:
        return False
    return item.lesson is None or "source" not in inspect(item.lesson).unloaded


def _held(item: BriefingItem, state: IssueState, on: date) -> list[str]:
    lesson, told = item.lesson, []
    is_cleared = state not in life.BEING_WRITTEN
    if lesson is not None:
        if lesson.withdrawn_on is not None:
            told.append(f"the lesson {lesson.ref} was withdrawn")
        elif Sharing(lesson.sharing) is Sharing.DRAFT:
            told.append(f"the wording of the lesson {lesson.ref} is not cleared")
        elif lesson.source.withdrawn_on is not None:
            told.append(f"the source of the lesson {lesson.ref} was withdrawn")
        elif is_cleared and item.lesson_digest and item.lesson_digest != lesson_digest(lesson):
            told.append(f"the lesson {lesson.ref} has other words than when this was cleared")
    if item.action is not None and item.action.status == "withdrawn":
        told.append(f"the action {item.action.ref} was withdrawn")
    told += _held_by_training(item, state, on)
    if item.review is not None and item.review.withdrawn_on is not None:
        told.append(f"the source {item.review.ref} was withdrawn")
    try:
        link(item.url, field="url")
    except LinkNotUsable:
        told.append("its link does not begin with https:// or http://")
    return told


def _held_by_training(item: BriefingItem, state: IssueState, on: date) -> list[str]:
    event = item.event
    if event is None:
        return []
    if event.withdrawn_on is not None:
        return [f"the training {event.ref} was withdrawn"]
    is_cleared = state not in life.BEING_WRITTEN
    if is_cleared and item.event_digest and item.event_digest != training.digest(event):
        return [f"the training {event.ref} was changed since this was cleared"]
    if state not in life.OUT and event.held_on is not None and event.held_on < on:
        # Of one that is paused on its way some have it already: the others lose nothing by it.
        return [f"the training {event.ref} is over: it was on {date_long(event.held_on)}"]
    return []


def readers(issue: BriefingIssue) -> int | None:
    """How many readers an issue has as things are now.

    Null for one that comes again: looked at day by day, it would tell who followed a link meanwhile.
    """
    return None if issue.brings_again_id is not None else audience.count(issue)


def lacking(issue: BriefingIssue) -> list[str]:
    """What stands between an issue and its clearance, but for findings."""
    return rules.lacking(
        title=issue.title,
        headline=issue.headline,
        questions=issue.questions,
        items=[
            rules.Said(
                item.section,
                item.heading,
                (item.what_happened, item.what_we_learned, item.what_you_should_do, item.url or ""),
            )
            for item in issue.items
        ],
        has_readers=audience.has_any(issue),
        held=holds(issue),
    )


def words_digest(issue: BriefingIssue) -> str:
    """The digest of everything that a clearance covers: the words, their order, and whom they are for."""
    parts: list[str] = [issue.period or "", *(getattr(issue, name) for name in life.ISSUE_TEXTS)]
    parts += [str(issue.corrects_id or ""), str(issue.brings_again_id or "")]
    for item in issue.items:
        parts += [item.section, *(getattr(item, name) or "" for name in life.ITEM_TEXTS), training.when(item)]
        parts += [str(each or "") for each in (item.lesson_id, item.action_id, item.event_id, item.review_id)]
        parts.append(",".join(audience.ref for audience in item.audiences))
    for narrowed in (issue.for_agencies, issue.for_areas, issue.for_audiences, issue.for_topics):
        parts.append(",".join(sorted(each.ref for each in narrowed)))
    return rules.words_digest(parts)


def author_ids(issue: BriefingIssue) -> set[int]:
    """Whoever wrote in an issue or sent it for clearance, by row number."""
    wrote = {author.person_id for author in issue.authors}
    return wrote | ({issue.checked_by_id} if issue.checked_by_id is not None else set())


def may_clear(issue: BriefingIssue, person: Person) -> bool:
    """Whether the person is one who clears the issue: entitled to, and without a hand in it."""
    is_second = person.id not in author_ids(issue)
    return person.active and is_second and can(person.facts, "briefing.clear", issue.facts)


def who_may_clear(issue: BriefingIssue) -> list[Person]:
    """Everybody who may clear the issue."""
    roles = (Role.BRIEFING_EDITOR, Role.BOARD_MANAGER, Role.INDEPENDENT_CHAIR)
    people = {person.id: person for role in roles for person in accounts.holders(role)}
    return [person for person in people.values() if may_clear(issue, person)]


def _names() -> rules.Names:
    """The names of everybody who has or had an account."""
    session = current_session()
    people: Sequence[tuple[str, str]] = [
        (name, title) for name, title in session.execute(select(Person.name, Person.role_title))
    ]
    ordinary = [title for _, title in people] + list(ROLE_LABELS.values())
    for column in (Agency.name, Agency.short_name, AgencyName.name, Area.name, Group.name, Group.short_name):
        ordinary += session.scalars(select(column))
    return rules.names_of((name for name, _ in people), ordinary=ordinary)


def _published() -> frozenset[str]:
    """The pseudonyms of reviews that were published, however far they came since, and not withdrawn.

    Asked of the stages that each reached, not of the one it stands at: a review that is over without a
    published report has made its pseudonym nobody's to use.
    """
    reached = exists().where(
        ReviewStage.review_id == Review.id,
        ReviewStage.stage_id == Stage.id,
        Stage.code == PUBLISHED,
        ReviewStage.withdrawn_on.is_(None),
    )
    captions = current_session().scalars(select(Review.caption).where(reached, Review.withdrawn_on.is_(None)))
    return frozenset(name for caption in captions for name in rules.pseudonyms_in(caption))
