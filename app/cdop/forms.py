"""Forms about child deaths. No field asks who the child was, or on which day it died."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from app.accounts import queries as accounts
from app.accounts.models import Agency, Group
from app.cdop import queries
from app.cdop.models import ChildDeathCase, Term
from app.cdop.models.vocabulary import Vocabulary
from app.cdop.rules.cases import quarter_words, quarters_back
from app.core.clock import today
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

#: The quarters offered reach back this far from the present one.
YEARS_BACK = 12

EXPECTEDNESS = {
    "unexpected": "Unexpected: not foreseen as a real possibility the day before",
    "expected": "Expected",
}


class BoardFilterForm(FilterForm):
    """What the board can be narrowed to; its values stand in the address of the person's own page."""

    tags: ClassVar = {"text": "Reference or number"}

    stands = ChoiceField("Which reviews", empty="Under review")
    stage = ChoiceField("Stage", empty="All stages")
    area = ChoiceField("Area", empty="All areas")
    waiting_on = ChoiceField("Waiting on", empty="Anything or nothing")
    regime = ChoiceField("Guidance", empty="All guidance")
    year = ChoiceField("Report year of the death", empty="All years")
    text = TextField("Reference, CDOP number or eCDOP reference, whether over or not", longest=60)
    late = TickField("Only those whose clock is late")
    returns_late = TickField("Only those that agencies owe a form late")

    def narrowed(self) -> queries.BoardFilter:
        """What was asked for; a value that is not on offer narrows nothing."""
        sound = self.sound()
        year = sound.get("year")
        return queries.BoardFilter(
            # A number that is asked for may be that of a death whose review is over.
            stands=sound.get("stands") or (queries.ANY if sound.get("text") else queries.OPEN),
            stage=sound.get("stage"),
            area=sound.get("area"),
            waiting_on=sound.get("waiting_on"),
            regime=sound.get("regime"),
            start_year=int(year) if year else None,
            late=bool(sound.get("late")),
            returns_late=bool(sound.get("returns_late")),
            text=sound.get("text") or "",
        )


class DeathForm(TrackerForm):
    """A death, without anything that says whose."""

    cdop_number = TextField(
        "CDOP number",
        missing="Enter the CDOP number",
        longest=40,
        screened=True,
        description="The number the panel gives the death, for example 2016/14. Never initials or a date.",
    )
    ecdop_ref = TextField(
        "Reference in eCDOP (optional)",
        longest=60,
        screened=True,
        description="Where the identifiable record lies. Agencies that are asked for a form are told it.",
    )
    group = ChoiceField("Panel that reviews it", missing="Choose the panel that reviews it")
    known_on = DateField(
        "When did the death become known?",
        what="the day the death became known",
        description="The day on which somebody whose task it is learned of it. The clocks start there, and "
        "the guidance in force on that day holds. The day of death is not held here.",
    )
    quarter = ChoiceField("Quarter of the death", missing="Choose the quarter of the death")
    age_band = ChoiceField("Age", missing="Choose the age band")
    sex = ChoiceField("Sex", missing="Choose the sex")
    ethnicity_group = ChoiceField("Ethnic group", missing="Choose the ethnic group")
    area = ChoiceField(
        "Area", missing="Choose the area", description="Where the child lived, not where it died."
    )
    place = ChoiceField("Place of death", missing="Choose the place of death")
    expectedness = RadiosField(
        "Was the death expected?", choices=EXPECTEDNESS, missing="Choose whether the death was expected"
    )
    joint_agency_response = TickField("A joint agency response was called for")
    exclusion = ChoiceField(
        "Is it left out of child death review?",
        empty="No: it is reviewed",
        description="A death that is left out is recorded, closed at once and counted nowhere.",
    )

    def offer(self, groups: Sequence[Group], case: ChildDeathCase | None = None) -> None:
        """Set what may be chosen; what a case holds stays on offer to it, retired or not."""
        on = today()
        for field, vocabulary in (
            (self.age_band, Vocabulary.AGE_BAND),
            (self.sex, Vocabulary.SEX),
            (self.ethnicity_group, Vocabulary.ETHNICITY_GROUP),
            (self.place, Vocabulary.PLACE),
            (self.exclusion, Vocabulary.EXCLUSION),
        ):
            held = getattr(case, field.name) if case else None
            words = _in_words(queries.terms(vocabulary, on=on, held=held))
            field.offer(words, empty="No: it is reviewed" if field is self.exclusion else "Choose one")
        areas = accounts.areas() if case is None else {*accounts.areas(), case.area}
        self.area.offer({each.ref: each.name for each in sorted(areas, key=lambda each: each.name)})
        quarters = [*quarters_back(on, YEARS_BACK), *([case.death_quarter_on] if case else [])]
        offered = sorted(set(quarters), reverse=True)
        self.quarter.offer({quarter.isoformat(): quarter_words(quarter) for quarter in offered})
        self.group.offer({group.ref: group.name for group in groups})

    def values(self) -> dict[str, Any]:
        """What was entered, as the operations take it."""
        names = ("cdop_number", "known_on", "age_band", "sex", "ethnicity_group", "place", "expectedness")
        areas = accounts.areas(with_withdrawn=True)
        return {
            **{name: self._fields[name].data for name in names},
            "ecdop_ref": self.ecdop_ref.data or None,
            "exclusion": self.exclusion.data,
            "joint_agency_response": bool(self.joint_agency_response.data),
            "quarter_on": date.fromisoformat(self.quarter.data),
            "area": next(area for area in areas if area.ref == self.area.data),
        }


class NewDeathForm(DeathForm):
    """A death that is logged."""

    leading = ("cdop_number", "ecdop_ref", "group", "known_on", "notified_on", "reason")

    notified_on = DateField(
        "When was it notified? (optional)",
        what="the day it was notified",
        optional=True,
        description="The day on which the notification form was sent. Leave it empty if it has not been.",
    )
    reason = LongTextField(
        "Why was it notified then?",
        rows=2,
        longest=1000,
        description="Only if that was later than its time limit. Nothing about the child or the family.",
    )
    is_another = TickField("I looked at those that look alike: this is another death")

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {
            **super().values(),
            "notified_on": self.notified_on.data,
            "reason": self.reason.data or "",
            "is_another": bool(self.is_another.data),
        }


class ChangeDeathForm(DeathForm):
    """A death whose record is changed."""

    reason = LongTextField(
        "Why does the day change on which it became known?",
        rows=2,
        longest=1000,
        description="Only if you change that day: every clock is computed anew from it.",
    )

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {**super().values(), "reason": self.reason.data or ""}


class StageForm(TrackerForm):
    """That a case reached a stage."""

    stage = ChoiceField("Which stage has it reached?", missing="Choose the stage it has reached")
    reached_on = DateField("When did it reach it?", what="the day it reached the stage")
    reason = LongTextField(
        "Why then?",
        rows=3,
        longest=1000,
        description="Needed where it was later than its time limit, or where something is still missing. "
        "Nothing about the child or the family.",
    )

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {
            "stage": self.stage.data,
            "reached_on": self.reached_on.data,
            "reason": self.reason.data or "",
        }


class WaitForm(TrackerForm):
    """What a review waits on, or runs beside it."""

    reason = ChoiceField("What is it?", missing="Choose what it is")
    holds = RadiosField(
        "Does the review wait for it?",
        choices={"yes": "Yes: the review cannot go on before it is over", "no": "No: it runs beside"},
        missing="Choose whether the review waits for it",
    )
    since_on = DateField("Since when?", what="the day it began")
    note = LongTextField(
        "Anything to remember? (optional)",
        rows=2,
        longest=1000,
        description="For example, when a date is expected. Nothing about the child or the family.",
    )

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {
            "reason": self.reason.data,
            "holds_up": self.holds.data == "yes",
            "since_on": self.since_on.data,
            "note": self.note.data or "",
        }


class EndWaitForm(TrackerForm):
    """That it is over."""

    until_on = DateField("When did it end?", what="the day it ended")

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {"until_on": self.until_on.data}


class PauseForm(TrackerForm):
    """That a local clock should be paused."""

    limit = ChoiceField("Which clock?", missing="Choose the clock")
    paused_on = DateField("From which day on?", what="the day from which it is paused")
    reason = LongTextField(
        "Why should it be paused?",
        missing="Say why the clock should be paused",
        rows=3,
        longest=1000,
        description="Nothing about the child or the family.",
    )

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {name: self._fields[name].data for name in ("limit", "paused_on", "reason")}


class ApprovePauseForm(TrackerForm):
    """The question before a pause is approved."""


class DeclinePauseForm(TrackerForm):
    """Why a clock runs on."""

    reason = LongTextField(
        "Why does the clock run on?", missing="Say why the clock runs on", rows=3, longest=1000
    )


class ResumeForm(TrackerForm):
    """That a clock runs again."""

    resumed_on = DateField("From which day on does it run again?", what="the day it runs again")

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {"resumed_on": self.resumed_on.data}


class FeedbackForm(TrackerForm):
    """Who tells the family, and when; never what was said."""

    role = TextField(
        "Post of the key worker",
        missing="Enter the post of the key worker, for example Bereavement nurse",
        longest=200,
        screened=True,
        description="For example, Bereavement nurse. Not a name.",
    )
    agency = ChoiceField("Agency of the key worker (optional)", empty="None or not known")
    feedback_on = DateField(
        "When was the family told what came of the review? (optional)",
        what="the day the family was told",
        optional=True,
        description="Only the day. What was said stays with the key worker.",
    )


class CloseForm(TrackerForm):
    """That the review of a death is over."""

    closed_on = DateField("When was it closed?", what="the day it was closed")
    reason = LongTextField(
        "Why is it closed without what is missing?",
        rows=3,
        longest=1000,
        description="It is kept with your name. Nothing about the child or the family.",
    )

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {"closed_on": self.closed_on.data, "reason": self.reason.data or ""}


class WithdrawCaseForm(TrackerForm):
    """Why a case should not be here."""

    reason = LongTextField(
        "Why is it withdrawn?",
        missing="Say why it is withdrawn",
        rows=3,
        longest=1000,
        description="The record is kept with your reason, and counts nowhere any more.",
    )


class ReopenForm(TrackerForm):
    """Why a case goes on."""

    reason = LongTextField(
        "Why is it opened again?", missing="Say why it is opened again", rows=3, longest=1000
    )


class ReferForm(TrackerForm):
    """Which group takes up a serious incident."""

    group = ChoiceField(
        "Which sub-group decides about it?", missing="Choose the sub-group that decides about it"
    )


def agencies_to_choose(held: Agency | None) -> Mapping[str, str]:
    """The agencies that may be chosen, and one that a record holds already."""
    found = {each.ref: each.name for each in accounts.agencies()}
    return {**({held.ref: held.name} if held else {}), **found}


def _in_words(terms: Iterable[Term]) -> dict[str, str]:
    return {term.code: term.label for term in terms}
