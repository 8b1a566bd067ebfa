"""Forms of the room."""

from collections.abc import Sequence
from typing import Any, ClassVar

from app.accounts.models import Source
from app.accounts.policy import Sharing
from app.core.filter_forms import FilterForm
from app.core.forms import (
    CheckboxesField,
    ChoiceField,
    DateField,
    HiddenField,
    LongTextField,
    RadiosField,
    TextField,
    TickField,
    TrackerForm,
)
from app.lessons import queries, sources
from app.lessons.models import MOST_THEMES, RESPONSE_LABELS, SHARING_LABELS, Lesson, LessonKind, Theme
from app.lessons.rules import MOVES, goes_back
from app.reviews.models import AuditedCase

KIND_LABELS = {LessonKind.LESSON: "Lesson", LessonKind.STRENGTH: "Strength"}

_TO_DRAFT = "Take it back to draft: only the sub-group, and those who see every case, can read it"

#: What each move of a lesson's wording means to those who could, or could not, read it.
MOVE_WORDS = {
    (Sharing.DRAFT, Sharing.CLEARED): "Clear it: agencies and the briefing editor can read it",
    (Sharing.CLEARED, Sharing.PUBLISHED): "Publish it: everybody who signs in can read it",
    (Sharing.CLEARED, Sharing.DRAFT): _TO_DRAFT,
    (Sharing.PUBLISHED, Sharing.CLEARED): "Take it back to cleared: staff readers can no longer read it",
    (Sharing.PUBLISHED, Sharing.DRAFT): _TO_DRAFT,
}


class LessonFilterForm(FilterForm):
    """What the list can be narrowed to; its values stand in the address of the person's own page."""

    tags: ClassVar = {"text": "Words"}

    text = TextField("Reference or words", longest=100)
    kind = ChoiceField(
        "Kind",
        choices={str(kind): label for kind, label in KIND_LABELS.items()},
        empty="Lessons and strengths",
    )
    theme = ChoiceField("Theme", empty="All themes")
    sharing = ChoiceField(
        "Sharing", choices={str(code): label for code, label in SHARING_LABELS.items()}, empty="All"
    )
    withdrawn = TickField("Only those that were withdrawn")

    def narrowed(self) -> queries.LessonFilter:
        """What was asked for; a value that is not on offer narrows nothing."""
        sound = self.sound()
        return queries.LessonFilter(
            kind=sound.get("kind"),
            theme=sound.get("theme"),
            sharing=sound.get("sharing"),
            text=sound.get("text") or "",
            withdrawn=bool(sound.get("withdrawn")),
        )


class LessonDetailsForm(TrackerForm):
    """What may always be changed of a lesson: where it stands in the report, and what it is about."""

    audited_case = ChoiceField("Audited case it was found in (optional)", empty="None: the source as a whole")
    number = TextField("Number it has in the report (optional)", longest=12)
    found_on = DateField("When was it found?", what="the date it was found")
    themes = CheckboxesField(
        "What it is about (optional)",
        most=MOST_THEMES,
        description=f"Choose up to {MOST_THEMES} themes, to find it beside the same finding elsewhere.",
    )

    def offer(self, source: Source, *, held: Sequence[Theme] = ()) -> None:
        """Set what may be chosen; themes that a lesson holds already stay, retired or not."""
        cases = [case for case in sources.audited_cases(source) if case.withdrawn_on is None]
        self.audited_case.offer(
            {str(case.number): case.label for case in cases}, empty="None: the source as a whole"
        )
        offered = {theme.ref: theme.name for theme in (*queries.themes(), *held)}
        self.themes.offer(dict(sorted(offered.items(), key=lambda item: item[1])))

    def details(self, source: Source) -> dict[str, Any]:
        """What was entered, as the operations take it."""
        chosen = set(self.themes.data)
        return {
            "audited_case": _case_of(source, self.audited_case.data),
            "number": self.number.data,
            "found_on": self.found_on.data,
            "themes": [theme for theme in queries.themes(with_retired=True) if theme.ref in chosen],
        }


class LessonForm(LessonDetailsForm):
    """A lesson or strength, in words free of the case."""

    leading: ClassVar[tuple[str, ...]] = ("heading", "what_we_learned", "what_you_should_do")

    heading = TextField("Heading", missing="Enter the heading", description="As the report heads it.")
    what_we_learned = LongTextField(
        "What we learned (optional)", rows=5, description="In words free of the case."
    )
    what_you_should_do = LongTextField("What you should do (optional)", rows=5)

    def words(self) -> dict[str, Any]:
        """The wording that was entered."""
        names = ("heading", "what_we_learned", "what_you_should_do")
        return {name: self._fields[name].data for name in names}


class NewLessonForm(LessonForm):
    """A lesson or strength that is entered for the first time."""

    leading = ("kind", *LessonForm.leading)

    kind = RadiosField(
        "What is it?",
        choices={
            LessonKind.LESSON: "A lesson: practice that is to change",
            LessonKind.STRENGTH: "A strength: good practice to keep",
        },
        missing="Choose whether it is a lesson or a strength",
    )


class RewordForm(LessonForm):
    """A lesson whose wording was cleared or published: other words make it a draft again."""

    leading = (*LessonForm.leading, "reason")

    reason = LongTextField(
        "Why does the wording change?",
        rows=3,
        longest=2000,
        description="Only needed when the words change. The lesson is then a draft, to be cleared again.",
    )


class SharingForm(TrackerForm):
    """How far the wording of a lesson may travel from now on."""

    sharing = RadiosField("What should happen to it?", missing="Choose what should happen to it")
    #: The digest of the words that stand beside the form.
    words_read = HiddenField()
    checked = TickField("I have read these words: nothing in them could identify a child, family or worker")
    reason = LongTextField(
        "Why is it taken back?", rows=3, longest=2000, description="Only needed when you take it back."
    )

    def offer(self, present: Sharing) -> None:
        """Set the moves that are open from here."""
        self.sharing.offer({str(wanted): MOVE_WORDS[present, wanted] for wanted in MOVES[present]})

    def asks_for_reason(self, present: Sharing) -> bool:
        """Whether one of the moves takes the wording back."""
        return any(goes_back(present, wanted) for wanted in MOVES[present])


class RecommendationForm(TrackerForm):
    """A recommendation as the report makes it."""

    number = TextField(
        "Number it has in the report",
        missing="Enter the number it has in the report, for example 4 or 4a",
        longest=16,
    )
    wording = LongTextField("What is recommended?", missing="Enter what is recommended", rows=5)
    made_on = DateField("When was it made?", what="the date it was made")
    lessons = CheckboxesField("Lessons it answers (optional)")

    def offer(self, source: Source, *, held: Sequence[Lesson] = ()) -> None:
        """Set the lessons of the source that may be chosen."""
        lessons = {lesson.ref: lesson for lesson in (*queries.lessons_to_answer(source), *held)}
        self.lessons.offer({ref: f"{ref} {lesson.heading}" for ref, lesson in lessons.items()})

    def values(self, source: Source) -> dict[str, Any]:
        """What was entered, as the operations take it."""
        chosen = set(self.lessons.data)
        return {
            "number": self.number.data,
            "wording": self.wording.data,
            "made_on": self.made_on.data,
            "lessons": [lesson for lesson in source.lessons if lesson.ref in chosen],
        }


class ResponseForm(TrackerForm):
    """The partnership's response to a recommendation."""

    response = RadiosField(
        "What is the partnership’s response?",
        choices={str(code): label for code, label in RESPONSE_LABELS.items()},
        missing="Choose the response",
    )
    response_reason = LongTextField(
        "Why?",
        rows=4,
        longest=4000,
        description="Needed when it is not accepted as it stands, or when the response changes.",
    )


def _case_of(source: Source, number: str | None) -> AuditedCase | None:
    return next((case for case in sources.audited_cases(source) if number == str(case.number)), None)
