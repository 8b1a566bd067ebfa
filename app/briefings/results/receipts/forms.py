"""The forms of "We discussed this"."""

from typing import ClassVar

from app.briefings.results.receipts.rules import LONGEST_TEAM, LONGEST_THING
from app.core.filter_forms import FilterForm
from app.core.forms import ChoiceField, DateField, LongTextField, TextField, TickField, TrackerForm
from app.reviews.forms import WithdrawForm


class ReceiptForm(TrackerForm):
    """What a team says that it discussed an issue."""

    team = TextField(
        "Which team was it?",
        missing="Enter your team, for example Health visitors, north",
        longest=LONGEST_TEAM,
        screened=True,
        description="The name of the team, and of nobody in it",
    )
    discussed_on = DateField("When did you discuss it?", what="the day you discussed it")
    staff = TextField(
        "How many staff took part?", missing="Enter how many took part, for example 8", longest=8
    )
    one_thing = LongTextField(
        "What is the one thing you will do? (optional)",
        longest=LONGEST_THING,
        rows=3,
        counts=True,
        description="In general words: nothing about a child, a family or a colleague",
    )


class OpenReceiptForm(ReceiptForm):
    """The same for who has no account."""

    #: Filled in by programs that fill in everything; people neither see it nor reach it.
    website = TextField("Leave this empty", longest=300)


class ReaderReceiptForm(OpenReceiptForm):
    """The same for who comes by the link that every reader got, which names no agency."""

    agency = ChoiceField("Which agency is the team of?", missing="Choose the agency")
    leading = ("agency",)


class OwnReceiptForm(ReceiptForm):
    """The same for who is signed in."""

    agency = ChoiceField("Which agency is the team of?", missing="Choose the agency")
    leading = ("agency",)


class WithdrawManyForm(WithdrawForm):
    """Why everything that came by links is withdrawn, and of which of it."""

    leading = ("agency", "since")
    agency = ChoiceField("Of which agency?", empty="All agencies")
    since = DateField(
        "Given on this day or later (optional)", what="the first day on which it was given", optional=True
    )


class ReceiptFilterForm(FilterForm):
    """What the list of receipts is narrowed to."""

    tags: ClassVar = {"text": "Words"}

    issue = ChoiceField("Briefing", empty="Any")
    agency = ChoiceField("Agency", empty="Any")
    text = TextField("Team, or words of the one thing", longest=100)
    withdrawn = TickField("Only those withdrawn")
