"""The items of an issue: added, written, put in order, taken out."""

from collections.abc import Sequence
from typing import Any

from flask import current_app

from app.briefings.composing import rules
from app.briefings.composing.operations.beginning import begin, number, tell, words_of_item
from app.briefings.composing.queries import Proposal
from app.briefings.models import Audience, BriefingIssue, BriefingItem, Section
from app.core import checks
from app.core.database import current_session, keep_for_change

#: Which column of an item says what it was made from.
ORIGINS = {
    rules.Kind.LESSON: "lesson_id",
    rules.Kind.ACTION: "action_id",
    rules.Kind.EVENT: "event_id",
    rules.Kind.SOURCE: "review_id",
}


def add(*, issue: BriefingIssue, proposal: Proposal) -> BriefingItem:
    """Add an item made from a candidate, in its section after what is there.

    Raises WordsFrozen, AlreadyThere.
    """
    begin(issue)
    ref = proposal.record.ref
    column = ORIGINS[proposal.candidate.kind]
    if any(getattr(item, column) == proposal.record.id for item in issue.items):
        raise rules.AlreadyThere(f"{ref} stands in {issue.ref} already")
    item = make(proposal)
    _append(issue, item)
    tell(
        issue,
        "add_item",
        f"Added {ref} to {issue.ref} ({proposal.why})",
        before={},
        after=words_of_item(item),
    )
    return item


def add_own(
    *,
    issue: BriefingIssue,
    section: str,
    heading: str,
    what_happened: str = "",
    what_we_learned: str = "",
    what_you_should_do: str = "",
    url: str | None = None,
    url_words: str = "",
    audiences: Sequence[Audience] = (),
) -> BriefingItem:
    """Add an item in the editor's own words; the same words once, however often their form is sent.

    Raises WordsFrozen, WordsMissing, LinkNotUsable, AlreadyThere.
    """
    begin(issue)
    item = BriefingItem(position=0, section=Section(section), heading="")
    _write(
        item,
        heading=heading,
        what_happened=what_happened,
        what_we_learned=what_we_learned,
        what_you_should_do=what_you_should_do,
        url=url,
        url_words=url_words,
        audiences=audiences,
    )
    if any(words_of_item(each) == words_of_item(item) for each in issue.items):
        raise rules.AlreadyThere(f"This item stands in {issue.ref} already", "heading")
    _append(issue, item)
    tell(issue, "add_item", f"Wrote an item of {issue.ref}", before={}, after=words_of_item(item))
    return item


def change_item(*, item: BriefingItem, section: str, **words: Any) -> BriefingItem:
    """Change an item: its section, its words, whom it concerns.

    Raises WordsFrozen, GoneMeanwhile, WordsMissing, LinkNotUsable.
    """
    issue = _begin(item)
    keep_for_change(item)
    before = words_of_item(item)
    if item.section != section:
        # Last in the section that it goes to.
        item.section, item.position = Section(section), len(issue.items) + 1
    _write(item, **words)
    issue.items.sort(key=lambda each: each.position)
    number(issue)
    after = words_of_item(item)
    if after != before:
        tell(issue, "change_item", f"Changed item {item.position} of {issue.ref}", before=before, after=after)
    return item


def move(*, item: BriefingItem, up: bool) -> BriefingItem:
    """Move an item a place up or down its section. Raises WordsFrozen, GoneMeanwhile."""
    issue = _begin(item)
    before = item.position
    for position, each in enumerate(rules.moved(issue.items, item, up=up), start=1):
        each.position = position
    issue.items.sort(key=lambda each: each.position)
    if item.position != before:
        tell(
            issue,
            "move_item",
            f"Moved an item of {issue.ref} from place {before} to {item.position}",
            before={"position": before},
            after={"position": item.position},
        )
    return item


def remove(*, item: BriefingItem) -> None:
    """Take an item out of an issue; what it was made from may be added again.

    Raises WordsFrozen, GoneMeanwhile.
    """
    issue = _begin(item)
    before, ref = words_of_item(item), item.made_from
    issue.items.remove(item)
    current_session().flush()
    number(issue)
    what = ref or f"item {item.position}"
    tell(issue, "remove_item", f"Took {what} out of {issue.ref}", before=before, after={})


def make(proposal: Proposal) -> BriefingItem:
    """An item in the words of a candidate; what happened is left to the editor, in general terms."""
    section = rules.SECTION_OF[proposal.candidate.kind]
    return BriefingItem(**proposal.words, section=section, position=0, why=proposal.why)


def _begin(item: BriefingItem) -> BriefingIssue:
    """Keep the issue of an item for a change. Raises WordsFrozen, GoneMeanwhile."""
    issue = item.issue
    begin(issue)
    if item not in issue.items:
        raise rules.GoneMeanwhile("Somebody took this item out while your page was open")
    return issue


def standing_items(*, has_training: bool) -> list[BriefingItem]:
    """What stands in every issue: where training is found, if none is named, and how to answer."""
    training = BriefingItem(
        position=0,
        section=Section.TRAINING,
        heading="Training and learning events",
        what_you_should_do="See what is on offer, and book a place for yourself or your team.",
        url=f"{current_app.config['BASE_URL']}/training",
        url_words="Training and learning events",
        why="in every issue",
    )
    feedback = BriefingItem(
        position=0,
        section=Section.FEEDBACK,
        heading="Talk about it in your team",
        what_you_should_do="Take ten minutes of a team meeting. Then tell us that you did, and the one thing "
        "that you will do.",
        why="in every issue",
    )
    return [feedback] if has_training else [training, feedback]


def _append(issue: BriefingIssue, item: BriefingItem) -> None:
    item.position = len(issue.items) + 1
    issue.items.append(item)
    number(issue)


def _write(
    item: BriefingItem,
    *,
    heading: str,
    what_happened: str,
    what_we_learned: str,
    what_you_should_do: str,
    url: str | None,
    url_words: str,
    audiences: Sequence[Audience],
) -> None:
    item.heading = checks.words(heading, "Enter the heading", "heading")
    item.what_happened, item.what_we_learned = what_happened, what_we_learned
    item.what_you_should_do = what_you_should_do
    item.url = checks.link(url, field="url")
    item.url_words = url_words if item.url else ""
    item.audiences = list(audiences)
