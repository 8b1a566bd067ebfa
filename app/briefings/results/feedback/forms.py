"""The forms of what readers say of an issue."""

from app.core.filter_forms import FilterForm
from app.core.forms import ChoiceField, LongTextField, RadiosField, TextField, TickField, TrackerForm

LONGEST = 1_000
USEFUL = {4: "Very useful", 3: "Useful", 2: "A little", 1: "Not useful"}


class FeedbackForm(TrackerForm):
    """How useful it was, and a question."""

    useful = RadiosField(
        "How useful was it? (optional)", choices={str(number): label for number, label in USEFUL.items()}
    )
    words = LongTextField(
        "Is there something you want to ask or say? (optional)",
        longest=LONGEST,
        rows=4,
        counts=True,
        description="Nothing about a child, a family or a colleague, nor who you are: that is not kept.",
    )
    #: Filled in by programs that fill in everything; people neither see it nor reach it.
    website = TextField("Leave this empty", longest=300)


class FeedbackFilterForm(FilterForm):
    """What the list is narrowed to."""

    issue = ChoiceField("Briefing", empty="Any")
    settled = TickField("Only those settled")
