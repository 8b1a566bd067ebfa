"""Forms of the composer.

The words of an issue are not screened as they are typed: every issue is checked as a whole before it can be
cleared, and the check finds what the screening would, in place, and more. Whoever was asked here and there
about the same words would stop reading the question. What is no word of an issue is screened as elsewhere.
"""

from datetime import date
from typing import Any, ClassVar

from app.briefings import queries as room
from app.briefings import rules as room_rules
from app.briefings.composing.queries import IssueFilter
from app.briefings.composing.rules import QUESTIONS, SECTION_LABELS
from app.briefings.models import BriefingItem
from app.core.filter_forms import FilterForm
from app.core.filters import month_and_year
from app.core.forms import (
    CheckboxesField,
    ChoiceField,
    LongTextField,
    RadiosField,
    TextField,
    TrackerForm,
)

#: How many months ahead a special issue may be begun for.
MONTHS_AHEAD = 2


class IssueFilterForm(FilterForm):
    """What the list of issues can be narrowed to; its values stand in the person's own address."""

    tags: ClassVar = {"text": "Words"}

    text = TextField("Reference, month or words", longest=100)
    state = ChoiceField(
        "Where it stands",
        choices={str(code): label for code, label in room_rules.STATE_LABELS.items()},
        empty="All",
    )

    def narrowed(self) -> IssueFilter:
        """What was asked for; a value that is not on offer narrows nothing."""
        sound = self.sound()
        return IssueFilter(state=sound.get("state"), text=sound.get("text") or "")


class AgainForm(TrackerForm):
    """Under which title an issue comes again."""

    title = TextField(
        "The new title",
        missing="Enter another title",
        longest=120,
        description="Stands in the subject line after the name of the briefing. It is not the old one, under"
        " which they followed nothing.",
    )


class IssueForm(TrackerForm):
    """The words of an issue beside its items."""

    title = TextField(
        "Title",
        missing="Enter the title, for example Ask who else lives here",
        longest=120,
        description="The subject of the mail, after the name of the briefing: say what it tells. Phones show"
        " about 50 characters.",
    )
    headline = TextField(
        "Headline",
        longest=200,
        description="The one thing to remember, for example: Ask who else lives here.",
    )
    introduction = LongTextField("Introduction (optional)", rows=4, longest=2000, screened=False)
    questions = LongTextField(
        "Questions for a team to discuss",
        rows=4,
        longest=1000,
        screened=False,
        description=f"{len(QUESTIONS)} questions, one a line. They stand on the team version.",
    )

    def words(self) -> dict[str, Any]:
        """What was entered, as the operations take it."""
        return {name: self._fields[name].data for name in room_rules.ISSUE_TEXTS}


class NewIssueForm(TrackerForm):
    """A special issue, beside the month's own."""

    title = TextField("Title", missing="Enter the title, for example Learning from Child Q", longest=120)
    period = ChoiceField("Month it belongs to", missing="Choose the month", empty=None)

    def offer(self, on: date) -> None:
        """Set the months that may be chosen: this one and those that follow."""
        months = [on.replace(day=1)]
        for _ in range(MONTHS_AHEAD):
            last = months[-1]
            months.append(date(last.year + last.month // 12, last.month % 12 + 1, 1))
        self.period.offer(
            {room_rules.period_of(month): month_and_year(month) for month in months}, empty=None
        )


class ItemForm(TrackerForm):
    """An item in the editor's words."""

    section = RadiosField(
        "Section",
        choices={str(section): label for section, label in SECTION_LABELS.items()},
        missing="Choose the section it stands in",
    )
    heading = TextField("Heading", missing="Enter the heading")
    what_happened = LongTextField(
        "What happened (optional)",
        rows=4,
        screened=False,
        description="In general terms: nothing in it may lead to a child, a family or a worker.",
    )
    what_we_learned = LongTextField("What we learned (optional)", rows=5, screened=False)
    what_you_should_do = LongTextField("What you should do (optional)", rows=4, screened=False)
    url = TextField(
        "Link (optional)",
        longest=500,
        description="Begins with https://. The results say how many readers followed it.",
    )
    url_words = TextField(
        "What the link is called (optional)", longest=120, description="For example: Read the practice guide."
    )
    audiences = CheckboxesField("Whom it concerns most (optional)", description="None stands for everybody.")

    def offer(self, item: BriefingItem | None = None) -> None:
        """Set the audiences that may be chosen; those an item has already stay, retired or not."""
        held = list(item.audiences) if item else []
        offered = {audience.ref: audience.name for audience in (*room.audiences(), *held)}
        self.audiences.offer(offered)

    def words(self) -> dict[str, Any]:
        """What was entered, as the operations take it."""
        chosen = set(self.audiences.data or [])
        audiences = [each for each in room.audiences(with_retired=True) if each.ref in chosen]
        names = ("section", *room_rules.ITEM_TEXTS)
        return {**{name: self._fields[name].data for name in names}, "audiences": audiences}


class AddForm(TrackerForm):
    """What an item is made of, by its reference."""

    reference = TextField(
        "Reference",
        missing="Enter a reference, for example L-0012",
        longest=16,
        description="Of a cleared lesson, a closed action with impact, training ahead, or a source from"
        " elsewhere.",
    )
