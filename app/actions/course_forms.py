"""The forms of the moves beside the main line: each asks what its move needs."""

from app.actions.forms import PlanForm
from app.actions.rules import DECLARABLE, NotForUsDecision
from app.core.forms import (
    CheckboxesField,
    ChoiceField,
    DateField,
    HiddenField,
    LongTextField,
    RadiosField,
    TextField,
    TrackerForm,
)

#: How many parts a page takes; whoever needs more splits one of the parts.
MOST_PARTS = 4


class AcknowledgeForm(TrackerForm):
    """Nothing but the button."""


class AgreeForm(TrackerForm):
    """The button, and the digest of the draft that stands beside it."""

    as_read = HiddenField()


class NotForUsForm(TrackerForm):
    """Why an action is for somebody else, and for whom."""

    reason = LongTextField("Why is it not for you?", missing="Enter why it is not for you", rows=3)
    agency_id = ChoiceField("Which agency is it for, if you know?", empty="We do not know")


class AnswerNotForUsForm(TrackerForm):
    """What was decided about that."""

    decision = RadiosField(
        "What is your decision?",
        choices={
            str(NotForUsDecision.MOVED): "Move it to another agency",
            str(NotForUsDecision.KEPT): "Leave it where it is",
        },
        missing="Choose your decision",
    )
    reason = LongTextField("Reason", missing="Enter the reason", rows=3)
    agency_id = ChoiceField("Agency it moves to", empty="It does not move")
    owner_id = ChoiceField("Person who owns it there", empty="It does not move")
    owner_role = TextField("Their post (left empty, it is the post of the person)", longest=200)


class ReassignForm(TrackerForm):
    """Another person of the same agency, and why."""

    owner_id = ChoiceField("Who owns it from now on?", missing="Choose the person who owns this action")
    owner_role = TextField("Post, if it is another one", longest=200)
    reason = LongTextField("Why?", missing="Enter the reason", rows=3)


class HoldForm(TrackerForm):
    """Why nobody owes it, and until when."""

    reason = LongTextField("Why?", missing="Enter the reason", rows=3)
    review_on = DateField("When does somebody look at it again?", what="the date to look at it again")


class ResumeForm(TrackerForm):
    """By when it is due again."""

    new_due_on = DateField("When is it due?", what="the date it is due")
    reason = LongTextField("What has changed? (optional)", rows=3)


class EscalateForm(TrackerForm):
    """To whom it is put, why, by when they are asked to answer, and when somebody looks again."""

    put_to = TextField(
        "Whom is it put to?",
        missing="Enter whom it is put to",
        longest=200,
        description="A body outside the partnership, for example a government department",
    )
    about = TextField(
        "What is asked of them?",
        missing="Enter what is asked of them",
        longest=300,
        screened=True,
        description="In one sentence, and in words that say nothing about a child or family",
    )
    reason = LongTextField("Why can the partnership not do it?", missing="Enter the reason", rows=3)
    answer_by_on = DateField(
        "By when are they asked to answer? (optional)", what="the date of the answer", optional=True
    )
    review_on = DateField("When does somebody look at it again?", what="the date to look at it again")


class SupersedeForm(TrackerForm):
    """The action that takes its place, and why."""

    successor = TextField(
        "Which action takes its place?",
        missing="Enter the reference of the other action",
        longest=16,
        description="Its reference, for example A-0107",
    )
    reason = LongTextField("Why?", missing="Enter the reason", rows=3)


class MergeForm(TrackerForm):
    """The actions that go on in this one, and why."""

    others = CheckboxesField("Which actions go on in this one?", missing="Choose at least one action")
    reason = LongTextField("Why?", missing="Enter the reason", rows=3)


class EndForm(TrackerForm):
    """Why it will not be done, and when that was decided."""

    reason = LongTextField("Why will it not be done?", missing="Enter the reason", rows=3)
    decided_on = DateField("When was that decided?", what="the date of the decision")


class ReopenForm(TrackerForm):
    """Why it is taken up again, by whom, and by when."""

    reason = LongTextField("Why?", missing="Enter the reason", rows=3)
    agency_id = ChoiceField(
        "Which agency leads on it?", missing="Choose the agency that leads on this action"
    )
    owner_id = ChoiceField("Who owns it?", missing="Choose the person who owns this action")
    owner_role = TextField("Post, if it is another one", longest=200)
    new_due_on = DateField("When is it due?", what="the date it is due")


class ColourForm(TrackerForm):
    """Another colour than the calculated one, and why."""

    declared = RadiosField(
        "Which colour do you declare?",
        choices={str(colour): f"{colour.letter} {colour.word}" for colour in DECLARABLE},
        missing="Choose a colour",
    )
    reason = LongTextField("Why?", missing="Enter the reason", rows=3)


class AllAgencyForm(PlanForm):
    """What every agency is to do, and who sees to the whole."""

    agencies = CheckboxesField("Which agencies return their part?", missing="Choose at least one agency")


class SplitForm(TrackerForm):
    """Why it is split. The fields of the parts are added for each."""

    reason = LongTextField("Why?", missing="Enter the reason", rows=3)


def part_field(number: int, name: str) -> str:
    """The name of a field of one part."""
    return f"{name}_{number}"


for _number in range(1, MOST_PARTS + 1):
    setattr(
        SplitForm,
        part_field(_number, "title"),
        TextField(f"Part {_number}: what is to be done?", screened=True),
    )
    setattr(
        SplitForm,
        part_field(_number, "owner_id"),
        ChoiceField(f"Part {_number}: who owns it?", empty="Choose"),
    )
