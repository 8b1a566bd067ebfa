"""Forms of agency returns."""

from typing import Any, ClassVar

from app.cdop.returns.queries import SHOWS
from app.core.filter_forms import FilterForm
from app.core.forms import (
    CheckboxesField,
    ChoiceField,
    DateField,
    LongTextField,
    TextField,
    TrackerForm,
)

#: Enough for a reason; a story does not belong here.
_LONGEST = 1000
_NOBODYS_STORY = "Nothing that tells of a child or a family."


class ReturnFilterForm(FilterForm):
    """What the list can be narrowed to; its values stand in the address of the person's own page."""

    tags: ClassVar = {"show": "Show", "text": "Reference"}

    show = ChoiceField("Show", choices=SHOWS, empty=None)
    agency = ChoiceField("Agency", empty="All agencies")
    text = TextField("Reference, N-0004 or as in eCDOP", longest=60)


class AskForm(TrackerForm):
    """Whom to ask for what, by when."""

    agencies = CheckboxesField("Which agencies do you ask?", missing="Choose at least one agency")
    owner = ChoiceField(
        "Somebody in the place of an agency’s lead (optional)",
        empty="The lead of each agency",
        description="You can name a person for every other agency afterwards.",
    )
    forms = CheckboxesField("For which forms?", missing="Choose at least one form")
    asked_on = DateField("When were they asked?", what="the day they were asked")
    due_on = DateField(
        "When is it due? (optional)",
        what="the day it is due",
        optional=True,
        description="Leave it empty for the time limit of the guidance, counted from the day they are asked.",
    )

    def days(self) -> dict[str, Any]:
        """The days that were entered, as the operation takes them."""
        return {"asked_on": self.asked_on.data, "due_on": self.due_on.data}


class ReturnedForm(TrackerForm):
    """That it was returned."""

    returned_on = DateField(
        "Returned in eCDOP on",
        what="the day it was returned in eCDOP",
        description="Today, unless you say otherwise.",
    )

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {"returned_on": self.returned_on.data}


class NotForUsForm(TrackerForm):
    """Why an agency has nothing to return."""

    reason = LongTextField(
        "Why is it not for you?",
        missing="Say why it is not for you",
        rows=3,
        longest=_LONGEST,
        description=f"For example, that the family was never known to you. {_NOBODYS_STORY}",
    )


class ReasonForm(TrackerForm):
    """Why something happens to a return."""

    reason = LongTextField(
        "Why?", missing="Give the reason", rows=3, longest=_LONGEST, description=_NOBODYS_STORY
    )


class DueForm(TrackerForm):
    """Another day, and why."""

    due_on = DateField("On which day is it due now?", what="the day it is due now")
    reason = LongTextField(
        "Why?", missing="Give the reason", rows=3, longest=_LONGEST, description=_NOBODYS_STORY
    )

    def values(self) -> dict[str, Any]:
        """What was entered, as the operations take it."""
        return {"due_on": self.due_on.data, "reason": self.reason.data}


class PassOnForm(TrackerForm):
    """Who answers."""

    owner = ChoiceField("Who answers?", empty="The agency’s lead")
    reason = LongTextField("Why? (optional)", rows=2, longest=_LONGEST, description=_NOBODYS_STORY)


class MoreFormsForm(TrackerForm):
    """Forms that were not asked for yet."""

    forms = CheckboxesField("Which forms do you ask for as well?", missing="Choose at least one form")
