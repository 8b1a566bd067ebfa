"""The forms about what difference an action made, and about ratifying."""

from app.actions.queries.impact import UNCONFIRMED, Look
from app.actions.rules.entry import Nature
from app.actions.rules.impact import ImpactDecision, Level
from app.core.filter_forms import FilterForm
from app.core.forms import (
    CheckboxesField,
    ChoiceField,
    DateField,
    LongTextField,
    RadiosField,
    TextField,
    TrackerForm,
)


class ImpactForm(TrackerForm):
    """What difference it made, how far that reaches, and what shows it."""

    statement = LongTextField(
        "What difference did it make?",
        missing="Say what difference it made",
        description="In words that say nothing about a child or family",
        rows=4,
    )
    level = RadiosField(
        "How far does it reach?",
        choices={str(level.value): f"{level.value} {level.label}. {level.meaning}" for level in Level},
        missing="Choose how far it reaches",
    )
    measure = TextField(
        "What is measured? (optional)", description="For example: reports by GPs to initial conferences"
    )
    baseline = TextField("Where did it stand before? (optional)", longest=100)
    target = TextField("Where should it stand? (optional)", longest=100)
    actual = TextField("Where does it stand now? (optional)", longest=100)
    measured_by = TextField("Where does the figure come from?", description="Needed with a figure for now")
    measured_on = DateField(
        "When was it taken?",
        what="the day the figure was taken",
        optional=True,
        description="Needed with a figure for now. For example, 27 3 2017",
    )
    unintended_effects = LongTextField("Did it bring about anything nobody meant? (optional)", rows=3)
    evidence = CheckboxesField("Which evidence shows it? (optional)")
    shows = LongTextField(
        "What does the new evidence show? (optional)",
        rows=3,
        description="Added to the action and marked as evidence of impact. No names",
    )
    nature = ChoiceField(
        "What kind of evidence is that?",
        choices={str(nature): nature.label for nature in Nature},
        empty="Choose one",
    )
    link = TextField(
        "Link to it, if there is one", longest=500, description="It begins with https:// or http://"
    )


class ImpactDecisionForm(TrackerForm):
    """Whether what was stated holds."""

    decision = RadiosField(
        "What is your decision?",
        choices={
            str(ImpactDecision.CONFIRMED): "Confirm what is stated",
            str(ImpactDecision.RETURNED): "Return it: more has to be shown",
        },
        missing="Choose your decision",
    )
    reason = LongTextField("Reason", rows=3, description="Needed to return it: what is still to be shown")


class RatifyForm(TrackerForm):
    """Which of the decisions a meeting ratified."""

    sign_offs = CheckboxesField(
        "Which of them did the meeting ratify?", missing="Choose at least one that the meeting ratified"
    )
    meeting_on = DateField("Date of the meeting", what="the date of the meeting")


class ImpactFilterForm(FilterForm):
    """What the register of impact is narrowed to."""

    level = ChoiceField(
        "Level confirmed",
        choices={
            **{str(level.value): f"{level.value} {level.label}" for level in Level},
            UNCONFIRMED: "None yet",
        },
        empty="Any",
    )
    look = ChoiceField("What is due", choices={str(look): look.label for look in Look}, empty="Anything")
    agency = ChoiceField("Agency", empty="Any")
    group = ChoiceField("Group", empty="Any")
