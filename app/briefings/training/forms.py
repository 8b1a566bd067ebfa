"""Forms about training."""

from collections.abc import Iterable
from typing import Any, ClassVar

from app.accounts.models import Area
from app.briefings.training.queries import EventFilter
from app.briefings.training.rules import KIND_LABELS
from app.core.filter_forms import FilterForm
from app.core.forms import (
    ChoiceField,
    DateField,
    LongTextField,
    RadiosField,
    TextField,
    TickField,
    TrackerForm,
)

_KINDS = {str(kind): label for kind, label in KIND_LABELS.items()}


class EventFilterForm(FilterForm):
    """What the list can be narrowed to; its values stand in the address of the person's own page."""

    tags: ClassVar = {"text": "Words"}

    text = TextField("Reference or words", longest=100)
    kind = ChoiceField("Kind", choices=_KINDS, empty="All kinds")
    area = ChoiceField("Area", empty="All areas")
    held = ChoiceField(
        "When", choices={"all": "Ahead and already held", "past": "Already held"}, empty="Ahead"
    )
    withdrawn = TickField("Only those that were withdrawn")

    def narrowed(self) -> EventFilter:
        """What was asked for; a value that is not on offer narrows nothing."""
        sound = self.sound()
        return EventFilter(
            text=sound.get("text") or "",
            kind=sound.get("kind"),
            area=sound.get("area"),
            held=sound.get("held"),
            withdrawn=bool(sound.get("withdrawn")),
        )


class EventForm(TrackerForm):
    """A course, seminar, conference or e-learning."""

    kind = RadiosField("What kind is it?", choices=_KINDS, missing="Choose what kind it is")
    title = TextField("What is it called?", missing="Enter what it is called", longest=200)
    about = LongTextField(
        "What is it about, and whom is it for? (optional)",
        rows=4,
        longest=4000,
        description="In general terms: it may be read by everybody.",
    )
    held_on = DateField(
        "When is it held?",
        what="the day it is held",
        optional=True,
        description="For example, 20 4 2017. Leave this empty for e-learning, which is there any day.",
    )
    where_and_when = TextField(
        "Where, and from when to when? (optional)",
        longest=200,
        description="For example, 9:30am to 12:30pm, Hackney Town Hall",
    )
    url = TextField(
        "Where to book or begin (optional)", longest=500, description="A link that begins with https://"
    )
    area = ChoiceField("Which area is it for?", empty="Every area")

    def offer(self, areas: Iterable[Area]) -> None:
        """Set the areas that may be chosen."""
        self.area.offer({area.ref: area.name for area in areas}, empty="Every area")

    def values(self, areas: Iterable[Area]) -> dict[str, Any]:
        """What was entered, as the operations take it."""
        return {
            "kind": self.kind.data,
            "title": self.title.data or "",
            "about": self.about.data or "",
            "held_on": self.held_on.data,
            "where_and_when": self.where_and_when.data or "",
            "url": self.url.data,
            "area": next((area for area in areas if area.ref == self.area.data), None),
        }
