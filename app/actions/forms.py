"""The forms of the room."""

from typing import Any, ClassVar

from wtforms import Field

from app.actions import queries
from app.actions.queries import Due, Show
from app.actions.rules import Colour, Decision, ExtensionDecision, OwnerView, Reason, Status
from app.actions.rules.delegation import Priority
from app.actions.rules.entry import Nature
from app.core.files.uploads import FileField
from app.core.filter_forms import FilterForm
from app.core.forms import ChoiceField, DateField, LongTextField, RadiosField, TextField, TrackerForm


class PlanForm(TrackerForm):
    """What is to be done, by whom, and by when."""

    title = TextField(
        "What is to be done?",
        missing="Enter what is to be done",
        description="In one sentence, and in words that say nothing about a child or family",
    )
    details = LongTextField("Anything else the owner needs to know (optional)", rows=3)
    intended_outcome = LongTextField(
        "What should be different for children?",
        missing="Enter what should be different for children",
        rows=3,
    )
    measure_of_success = LongTextField(
        "How will you know it worked?", missing="Enter how you will know it worked", rows=3
    )
    agency_id = ChoiceField(
        "Which agency leads on it?", missing="Choose the agency that leads on this action"
    )
    owner_role = TextField(
        "Which post does it?",
        longest=200,
        description="For example Named nurse. It stays when the person moves on; "
        "left empty, it is the post of the person below",
    )
    owner_id = ChoiceField("Who holds that post? (may wait until it is agreed)", empty="Not settled yet")
    group_id = ChoiceField("Which group oversees it and signs it off?", missing="Choose the group")
    priority = RadiosField(
        "How much depends on it?",
        choices={str(priority): priority.label for priority in Priority},
        missing="Choose how much depends on it",
        description="Work of low priority by one agency may be signed off between two meetings",
    )
    due_on = DateField(
        "When is it due? (may wait until it is agreed)", what="the date it is due", optional=True
    )


class ReasonForm(TrackerForm):
    """Why something is withdrawn."""

    reason = LongTextField("Why?", missing="Enter the reason", rows=3)


def _shows(asked: str = "", **kwargs: Any) -> LongTextField:
    """What proof shows; ``asked`` says when that is needed, where it is not always."""
    return LongTextField(
        "What does it show?",
        description=f"{asked}For example: the minutes of 3 March record that the protocol was agreed. "
        "No names",
        **kwargs,
    )


def _link() -> TextField:
    """Where proof stands."""
    return TextField("Link, if there is one", longest=500, description="It begins with https:// or http://")


def _file(label: str = "File, if there is one") -> FileField:
    """A file that is proof."""
    return FileField(
        label,
        description="PDF, Word, Excel, PowerPoint, OpenDocument, PNG, JPEG or plain text, up to {limit} MB",
    )


def _nature() -> ChoiceField:
    """What kind of thing proof is."""
    return ChoiceField(
        "What kind of evidence is it?",
        choices={str(nature): nature.label for nature in Nature},
        empty=None,
        default=str(Nature.DOCUMENT),
    )


class UpdateForm(TrackerForm):
    """What has happened and how it goes, with proof where there is some."""

    words = LongTextField("What has happened?", missing="Enter what has happened", rows=4)
    owner_view = RadiosField(
        "How is it going?",
        choices={str(view): view.label for view in OwnerView},
        missing="Choose how it is going",
    )
    shows = _shows("Needed with a file or a link. ", rows=3)
    file = _file()
    link = _link()
    nature = _nature()


class EvidenceForm(TrackerForm):
    """A piece of proof."""

    shows = _shows(missing="Enter what the evidence shows", rows=4)
    file = _file()
    link = _link()
    nature = _nature()


class VersionForm(TrackerForm):
    """A better file for a piece of evidence."""

    file = _file("Choose the file")


class ReturnEvidenceForm(TrackerForm):
    """Why a piece of evidence is given back."""

    reason = LongTextField("What is missing or wrong?", missing="Enter what is missing or wrong", rows=4)


class SendForm(TrackerForm):
    """The owner's answer, with which an action is sent for sign-off."""

    what_is_different = LongTextField(
        "What is different now?",
        missing="Enter what is different now",
        description="For children, families or practitioners; not what was done, but what came of it",
    )
    why_missing = LongTextField(
        "Why are the missing returns not waited for?", rows=3, description="Needed while returns are missing"
    )


class SignOffForm(TrackerForm):
    """What the group decided."""

    decision = RadiosField(
        "What was decided?",
        choices={
            str(Decision.ACCEPTED): "Accept: it is complete",
            str(Decision.ACCEPTED_IN_PART): "Accept in part: something is still to be done",
            str(Decision.RETURNED): "Return: it needs more work or more evidence",
        },
        missing="Choose what was decided",
    )
    reason = LongTextField(
        "Reason", rows=3, description="Needed to accept in part or to return: what is still to be shown"
    )
    new_due_on = DateField(
        "Send it again by",
        what="the date to send it again by",
        optional=True,
        description="Needed to accept in part or to return",
    )
    meeting_on = DateField(
        "Date of the meeting that decided",
        what="the date of the meeting",
        optional=True,
        description="A chair who decides between meetings leaves it empty. Left empty by the board manager, "
        "it accepts work of low priority by one agency under delegation, and the group ratifies that",
    )


class MoreTimeForm(TrackerForm):
    """A later date, why, and what keeps children safe meanwhile."""

    new_due_on = DateField("When will it be done?", what="the new date it is due")
    reason_code = RadiosField(
        "Why is more time needed?",
        choices={str(reason): reason.label for reason in Reason},
        missing="Choose why more time is needed",
    )
    reason = LongTextField("What holds it up? (needed only for Other)", rows=3)
    interim_safeguard = LongTextField(
        "What keeps children safe until then?", missing="Enter what keeps children safe until then", rows=3
    )


class ExtensionForm(TrackerForm):
    """What was decided about a request for more time."""

    decision = RadiosField(
        "What is your decision?",
        choices={
            str(ExtensionDecision.GRANTED): "Give the time",
            str(ExtensionDecision.REFUSED): "Keep the present date",
        },
        missing="Choose your decision",
    )
    reason = LongTextField("Reason", rows=3, description="Needed to keep the present date")


class ActionFilterForm(FilterForm):
    """What the register of actions is narrowed to."""

    tags: ClassVar = {"owner": "Owner", "source": "Source", "text": "Words"}

    status = ChoiceField(
        "Status",
        choices={str(Show.ANY): "Any status", **{str(status): status.label for status in Status}},
        empty="Open: the owner owes it",
    )
    colour = ChoiceField("Colour", choices={str(colour): colour.word for colour in Colour}, empty="Any")
    due = ChoiceField("Due", choices={str(due): due.label for due in Due}, empty="Any time")
    agency = ChoiceField("Agency", empty="Any")
    group = ChoiceField("Group", empty="Any")
    owner = TextField("Owner's name", longest=100)
    source = TextField("Source, such as R-0003", longest=16)
    text = TextField("Words or a reference", longest=100)

    def in_words(self, field: Field) -> str:
        """What a field asks for; of the owner, the name of the one person that is meant."""
        found = queries.owners_called(field.data) if field.name == "owner" else []
        return found[0][1] if len(found) == 1 else super().in_words(field)
