"""Forms of the room."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from wtforms import Field

from app.accounts import queries as accounts
from app.accounts.models import Agency, Group
from app.cdop.models import PanelKind
from app.cdop.models.panels import PANEL_KIND_LABELS
from app.core.forms import (
    CheckboxesField,
    ChoiceField,
    DateField,
    LongTextField,
    RadiosField,
    TextField,
    TickField,
    TrackerForm,
)
from app.lessons import queries as lessons
from app.lessons.models import MOST_THEMES
from app.meetings.models import ATTENDANCE_LABELS, AttendeeKind
from app.meetings.rules.agenda import USUAL_MINUTES
from app.meetings.rules.quoracy import Part

_NO_AGENCY = "No agency, or one that is not held here"


class PanelForm(TrackerForm):
    """When a panel meets, and which deaths it looks at."""

    meets_on = DateField("When does it meet?", what="the date it meets")
    panel_kind = RadiosField(
        "Which deaths does it look at?",
        choices={str(kind): label for kind, label in PANEL_KIND_LABELS.items()},
        missing="Choose which deaths it looks at",
    )
    theme = TextField(
        "What is a themed panel about?",
        longest=200,
        screened=True,
        description="Only needed for a themed panel. Everybody who may open the panel reads it.",
    )
    where_and_when = TextField(
        "Where and at what time? (optional)",
        longest=200,
        description="For example, 10am, Homerton Education Centre.",
    )

    def values(self) -> dict[str, Any]:
        """What was entered, as the operations take it."""
        return {
            "meets_on": self.meets_on.data,
            "panel_kind": PanelKind(self.panel_kind.data),
            "theme": self.theme.data or "",
        }


class NewPanelForm(PanelForm):
    """A panel that is planned, with the deaths that suggested it where some did."""

    leading = ("group",)

    group = ChoiceField("Group that reviews child deaths", missing="Choose the group")
    cases = CheckboxesField("Deaths to put on its agenda (optional)")


class CancelForm(TrackerForm):
    """Why a panel is called off."""

    reason = LongTextField(
        "Why is it cancelled?",
        missing="Say why it is cancelled",
        rows=3,
        longest=2000,
        description="The panel is kept with your reason, which everybody who may open the panel reads. "
        "What was on its agenda waits for another.",
    )


class AddCasesForm(TrackerForm):
    """Which deaths come on the agenda."""

    cases = CheckboxesField("Deaths", missing="Choose at least one death")
    minutes = TextField(
        "Minutes for each", missing="Enter how many minutes each is given, for example 20", longest=5
    )


class MinutesForm(TrackerForm):
    """How long a death is given."""

    minutes = TextField(
        "How many minutes is it given?",
        missing=f"Enter how many minutes it is given, for example {USUAL_MINUTES}",
        longest=5,
    )


class ReopenForm(TrackerForm):
    """Why an agenda that was sent changes."""

    reason = LongTextField(
        "Why does the agenda change?",
        missing="Say why the agenda changes",
        rows=3,
        longest=2000,
        description="Your reason stands in the minutes.",
    )


class InviteForm(TrackerForm):
    """Somebody without a seat who is asked to a panel."""

    kind = RadiosField(
        "In what part are they asked?",
        choices={
            str(AttendeeKind.STAND_IN): "In place of a member: they count for quoracy",
            str(AttendeeKind.EXPERT): "As an expert: they advise, and do not count for quoracy",
        },
        missing="Choose in what part they are asked",
    )
    post = TextField(
        "Post",
        missing="Enter the post, for example Consultant neonatologist",
        longest=200,
        screened=True,
        description="The post only, without a name.",
    )
    agency = ChoiceField("Agency (optional)", empty=_NO_AGENCY)

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        agency = next((each for each in accounts.agencies() if each.ref == self.agency.data), None)
        return {"kind": self.kind.data, "post": self.post.data, "agency": agency}


class HeldForm(TrackerForm):
    """Who attended a panel: a field for each who was asked, and for each profession that has to be there."""

    #: The keys of those who were asked, and the professions, in the order of the page.
    keys: ClassVar[tuple[str, ...]] = ()
    professions: ClassVar[tuple[str, ...]] = ()

    def attendance(self) -> list[Field]:
        """Whether each who was asked came."""
        return [self._fields[f"who_{key}"] for key in self.keys]

    def stood_for(self) -> list[Field]:
        """Who stood for each profession."""
        return [self._fields[f"part_{place}"] for place in range(len(self.professions))]

    def entered(self) -> dict[str, tuple[str, list[str]]]:
        """What was entered: by key, whether they came and for which professions they stood."""
        standing: dict[str, list[str]] = {key: [] for key in self.keys}
        for field, label in zip(self.stood_for(), self.professions, strict=True):
            if field.data in standing:
                standing[field.data].append(label)
        return {key: (self._fields[f"who_{key}"].data, standing[key]) for key in self.keys}


def held_form(
    asked: Mapping[str, str], parts: Sequence[Part], data: Mapping[str, Any], *, experts: Collection[str]
) -> HeldForm:
    """A form about those who were asked, key to who it is; ``parts`` are what quoracy asks for.

    Experts advise, and stand for nobody.
    """
    counting = {key: called for key, called in asked.items() if key not in experts}
    professions = tuple(part.label for part in parts if part.agency_id is None)
    fields: dict[str, Any] = {
        f"who_{key}": RadiosField(
            called,
            choices={str(code): label for code, label in ATTENDANCE_LABELS.items()},
            missing=f"Say whether {called} attended",
        )
        for key, called in asked.items()
    }
    for place, label in enumerate(professions):
        fields[f"part_{place}"] = ChoiceField(f"Who stood for: {label}?", choices=counting, empty="Nobody")
    kind = type("HeldFormOfPanel", (HeldForm,), {**fields, "keys": tuple(asked), "professions": professions})
    form: HeldForm = kind(data=dict(data))
    return form


class WithoutQuorumForm(TrackerForm):
    """Why a panel that was not quorate decides."""

    reason = LongTextField(
        "Why does the panel decide although it was not quorate?",
        missing="Say why the panel decides",
        rows=4,
        longest=2000,
        description="Your reason stands in the minutes.",
    )


class CompleteForm(TrackerForm):
    """That the panel completed the review of a death."""

    conclusion = RadiosField(
        "What did the panel conclude on modifiable factors?",
        description="It follows from the factors: they are identified if, and only if, one of them is marked "
        "as modifiable.",
    )
    note = LongTextField(
        "What the minutes should say (optional)",
        rows=4,
        description="In words that do not say whose death it was.",
    )
    reason = LongTextField("Why the review came late (only where it did)", rows=2, longest=2000)


class DeferForm(TrackerForm):
    """That the panel deferred a death."""

    reason = LongTextField("Why is it deferred?", missing="Say why it is deferred", rows=3, longest=2000)
    waits_on = ChoiceField("What does it wait on? (optional)", empty="Nothing outside the review")
    note = LongTextField(
        "What the minutes should say (optional)",
        rows=4,
        description="In words that do not say whose death it was.",
    )


class LearningForm(TrackerForm):
    """What a review teaches, whose lesson that is, and what is to be done."""

    whose = RadiosField("Whose lesson is it?", missing="Choose whose lesson it is")
    heading = TextField("Heading", missing="Enter the heading", screened=True)
    what_we_learned = LongTextField(
        "What we learned (optional)", rows=4, description="In words free of the case."
    )
    what_you_should_do = LongTextField("What you should do (optional)", rows=3)
    themes = CheckboxesField(
        "What it is about (optional)", most=MOST_THEMES, description=f"Choose up to {MOST_THEMES} themes."
    )
    with_action = TickField("Draft an action for it now")
    title = TextField(
        "What is to be done?",
        screened=True,
        description="Only needed for an action: in one sentence, free of the case.",
    )
    intended_outcome = LongTextField("What should be different for children?", rows=2)
    measure_of_success = LongTextField("How will you know it worked?", rows=2)
    agency = ChoiceField("Which agency leads on it?")
    owner_role = TextField("Which post does it?", longest=200, screened=True)
    due_on = DateField(
        "When is it due? (may wait until it is agreed)", what="the date it is due", optional=True
    )

    def offer(self, *, whose: Mapping[str, str]) -> None:
        """Set what may be chosen."""
        self.whose.offer(whose)
        self.themes.offer({theme.ref: theme.name for theme in lessons.themes()})
        self.agency.offer({each.ref: each.name for each in accounts.agencies(with_external=False)})


class NoteForm(TrackerForm):
    """What the minutes say beside attendance and decisions."""

    words = LongTextField(
        "What should the minutes say?",
        missing="Write what the minutes should say",
        rows=6,
        description="What concerns one death belongs to the decision about it. No names.",
    )


class QuorumForm(TrackerForm):
    """Who has to attend a panel, from a day on."""

    in_force_from = DateField("From which day?", what="the day it begins")
    group = ChoiceField("For which panels?", empty="Every group that has no rule of its own")
    least_attendance = TextField(
        "How many have to attend at least?",
        missing="Enter how many have to attend, for example 5",
        longest=5,
        description="Members, and those who come in a member’s place. Invited experts do not count.",
    )
    professions = LongTextField(
        "Professions that have to be there (optional)",
        rows=5,
        longest=1000,
        screened=False,
        description="One on each line, for example Designated doctor.",
    )
    agencies = CheckboxesField("Agencies that have to be there (optional)")
    note = LongTextField("Where it comes from (optional)", rows=2, longest=1000, screened=False)

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        chosen = set(self.agencies.data)
        agencies: list[Agency] = [each for each in accounts.agencies() if each.ref in chosen]
        group: Group | None = next((each for each in accounts.groups() if each.ref == self.group.data), None)
        return {
            "in_force_from": self.in_force_from.data,
            "group": group,
            "least_attendance": self.least_attendance.data,
            "professions": (self.professions.data or "").splitlines(),
            "agencies": agencies,
            "note": self.note.data or "",
        }
