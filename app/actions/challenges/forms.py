"""The forms of the challenge log."""

from typing import ClassVar

from app.actions.challenges.queries import Stands
from app.actions.challenges.rules import ChallengeKind, EntryKind, Outcome
from app.core.filter_forms import FilterForm
from app.core.forms import ChoiceField, DateField, LongTextField, RadiosField, TextField, TrackerForm


class RaiseForm(TrackerForm):
    """What is put to whom, and by when an answer is asked for."""

    about = TextField(
        "What is it about?",
        missing="Enter what it is about",
        description="In one line, and in words that say nothing about a child or family",
    )
    put_to = TextField(
        "Who is it put to?",
        missing="Enter whom it is put to",
        longest=200,
        description="For example the chief executive of the agency, or a body outside the partnership",
    )
    agency_id = ChoiceField("Which agency is that? (optional)", empty="None of these")
    raised_on = DateField(
        "When was it raised? (today, if left empty)", what="the day it was raised", optional=True
    )
    answer_by_on = DateField(
        "By when is an answer asked for? (optional)", what="the day to answer by", optional=True
    )


class ChallengeForm(RaiseForm):
    """The same where it is not about one action."""

    group_id = ChoiceField("Which group raises it?", missing="Choose the group")
    source = TextField("Its case, by reference (optional)", longest=16, description="Such as R-0003")


class EntryForm(TrackerForm):
    """A line of the log."""

    kind = RadiosField(
        "What happened?",
        choices={
            str(EntryKind.WRITTEN): "Somebody was written to",
            str(EntryKind.ANSWERED): "Somebody answered",
            str(EntryKind.MET): "Somebody was met or spoken to",
            str(EntryKind.NOTED): "Something else to note",
        },
        missing="Choose what happened",
    )
    whom = TextField(
        "Who was it?",
        missing="Enter who it was",
        longest=200,
        description="A role or a body, no name",
    )
    words = LongTextField(
        "What was written, said or agreed?",
        missing="Enter what was written, said or agreed",
        description="Nothing about a child or family",
        rows=4,
    )
    happened_on = DateField("When?", what="the day it happened")


class OutcomeForm(TrackerForm):
    """What came of it."""

    outcome = RadiosField(
        "What came of it?",
        choices={str(outcome): outcome.label for outcome in Outcome},
        missing="Choose what came of it",
    )
    outcome_words = LongTextField("In words", missing="Say what came of it", rows=4)


class ChallengeFilterForm(FilterForm):
    """What the log is narrowed to."""

    tags: ClassVar = {"text": "Words"}

    stands = ChoiceField("Stands", choices={str(each): each.label for each in Stands}, empty="Open or not")
    kind = ChoiceField("Kind", choices={str(each): each.label for each in ChallengeKind}, empty="Any")
    agency = ChoiceField("Agency", empty="Any")
    group = ChoiceField("Group", empty="Any")
    text = TextField("Words or a reference", longest=100)
