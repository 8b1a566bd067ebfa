"""The fields of our forms: GOV.UK's widgets, and errors that say what to do.

Each field takes ``missing``, the sentence shown when nothing was entered; without it the field is optional.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import (
    GovCharacterCount,
    GovCheckboxesInput,
    GovCheckboxInput,
    GovDateInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import BooleanField, Field, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation, ValidationError

from app.core.screening.fields import Screened, identifies_nobody

#: What stands first in a list from which nothing has been chosen.
CHOOSE = "Choose one"

#: A single line longer than this belongs in a text area.
LONGEST_LINE = 300
#: A text longer than this belongs in a document.
LONGEST_TEXT = 10_000

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


#: Years outside these are slips of the hand.
FIRST_YEAR, LAST_YEAR = 1900, 2100

#: Characters that no keyboard writes into a text: PostgreSQL may refuse to keep them, they turn the words
#: around them about, or they make an empty text look filled in.
_CONTROLS = dict.fromkeys(
    (
        *range(9),
        11,
        12,
        *range(14, 32),
        *range(127, 160),
        0x200B,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xD800, 0xE000),
        0xFEFF,
    )
)


def strip(text: str | None) -> str:
    """The text without blanks at either end or control characters, and with line ends as we keep them.

    No text is an empty one.
    """
    return (text or "").translate(_CONTROLS).replace("\r\n", "\n").replace("\r", "\n").strip()


class Missing:
    """Judges an empty field no further: refuses it in the sentence given, or lets it pass without one."""

    def __init__(self, sentence: str | None) -> None:
        self.sentence = sentence

    def __call__(self, form: Any, field: Any) -> None:
        if field.errors:
            raise StopValidation
        if field.data is None or field.data in ("", [], False):
            raise StopValidation(self.sentence)


class AtMost:
    """Refuses a text with more characters than there is room for, and says how many to take away."""

    def __init__(self, longest: int) -> None:
        self.longest = longest

    def __call__(self, form: Any, field: Any) -> None:
        over = len(field.data or "") - self.longest
        if over > 0:
            raise ValidationError(
                f"Shorten this by {over:,} character{'' if over == 1 else 's'}: "
                f"there is room for {self.longest:,}"
            )


def _validators(missing: str | None, *more: Any) -> list[Any]:
    return [Missing(missing), *more]


class QuietHints:
    """Leaves out the empty hint that the widgets for lists of choices would print."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        params: dict[str, Any] = super().map_gov_params(field, **kwargs)  # type: ignore[misc]
        if params.get("hint") and not params["hint"].get("text"):
            params["hint"] = None
        return params


class RadiosWidget(QuietHints, GovRadioInput):
    """Radio buttons."""


class CheckboxesWidget(QuietHints, GovCheckboxesInput):
    """A list of checkboxes."""


class CheckboxWidget(QuietHints, GovCheckboxInput):
    """One checkbox."""


class TextWidget(GovTextInput):
    """One line of text, with what was found in it beside it."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        return super().__call__(field, **kwargs) + field.warning()


class TextField(Screened, StringField):
    """One line of text, without blanks at its ends. ``longest`` is how many characters there is room for.

    ``screened`` where it holds words of a record: they are searched for what may identify somebody.
    """

    widget = TextWidget()

    def __init__(
        self,
        label: str,
        *,
        missing: str | None = None,
        longest: int = LONGEST_LINE,
        screened: bool = False,
        validators: list[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.is_screened = screened
        checks = _validators(missing, AtMost(longest), *(validators or []), identifies_nobody)
        super().__init__(label, checks, filters=[strip], **kwargs)


class LongTextWidget(GovTextArea):
    """A text area of as many rows as its field asks for."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        kwargs["params"] = {"rows": field.rows} | kwargs.get("params", {})
        return super().__call__(field, **kwargs) + field.warning()


class CountedTextWidget(GovCharacterCount):
    """A text area that says as one types how many characters are left."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        kwargs["params"] = {"rows": field.rows, "maxlength": field.longest} | kwargs.get("params", {})
        return super().__call__(field, **kwargs) + field.warning()


class LongTextField(Screened, StringField):
    """Several lines of text. With ``counts`` it says as one types how many characters are left.

    What is typed is searched for what may identify somebody, unless it is not ``screened``.
    """

    def __init__(
        self,
        label: str,
        *,
        missing: str | None = None,
        longest: int = LONGEST_TEXT,
        rows: int = 5,
        counts: bool = False,
        screened: bool = True,
        validators: list[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.is_screened = screened
        checks = _validators(missing, AtMost(longest), *(validators or []), identifies_nobody)
        self.rows, self.longest = rows, longest
        widget = CountedTextWidget() if counts else LongTextWidget()
        super().__init__(label, checks, filters=[strip], widget=widget, **kwargs)


class DateWidget(GovDateInput):
    """Three boxes for day, month and year, however many values a request carried."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        if field.raw_data is not None:
            field.raw_data = [*map(str, field.raw_data), "", "", ""][:3]
        # The boxes stand in a division, which cannot be required.
        return super().__call__(field, required=False, **kwargs)

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        kwargs.pop("required", None)
        params: dict[str, Any] = super().map_gov_params(field, **kwargs)
        return params


class DateField(Field):
    """A day, entered as day, month and year in three boxes; a month may also be written as a word.

    ``what`` names the day inside the errors: with ``what="the date the report was sent"`` an empty field says
    "Enter the date the report was sent, for example 27 3 2017". Optional only with ``optional=True``.
    """

    widget = DateWidget()

    def __init__(
        self,
        label: str,
        *,
        what: str,
        optional: bool = False,
        example: date = date(2017, 3, 27),
        validators: list[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.what = what
        self.example = f"{example.day} {example.month} {example.year}"
        missing = f"Enter {what}, for example {self.example}"
        kwargs.setdefault("description", f"For example, {self.example}")
        super().__init__(label, _validators(None if optional else missing, *(validators or [])), **kwargs)

    def _value(self) -> str:
        """The day as one string, for what renders the field without its widget."""
        if self.raw_data:
            return " ".join(map(str, self.raw_data))
        return f"{self.data.day} {self.data.month} {self.data.year}" if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the three boxes. Raises ValueError, in a sentence for the person, when they are no day."""
        self.data = None
        if not valuelist:
            return
        parts = [*(str(value).strip() for value in valuelist), "", "", ""][:3]
        if not any(parts):
            return
        what = self.what[0].upper() + self.what[1:]
        lacking = [name for name, part in zip(("day", "month", "year"), parts, strict=True) if not part]
        if lacking:
            raise ValueError(f"{what} must include a {' and a '.join(lacking)}, for example {self.example}")
        try:
            self.data = _day_from(*parts)
        except (ValueError, OverflowError):
            raise ValueError(f"{what} must be a real date, for example {self.example}") from None


def _day_from(day: str, month: str, year: str) -> date:
    """The date that three boxes hold. Raises ValueError when they hold none."""
    if not (day.isdecimal() and day.isascii() and year.isdecimal() and year.isascii() and len(year) == 4):
        raise ValueError("not a day and a year of four figures")
    named = month.lower()[:3]
    if named in _MONTHS and month.isalpha():
        number = _MONTHS.index(named) + 1
    elif month.isdecimal() and month.isascii():
        number = int(month)
    else:
        raise ValueError("not a month")
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise ValueError("not a year of our time")
    return date(int(year), number, int(day))


Choices = Mapping[str, str]


def choices_from(choices: Choices, *, empty: str | None = None) -> list[SelectChoice]:
    """Choices from a mapping of value to label; with ``empty``, a first one that chooses nothing."""
    first = [SelectChoice("", empty)] if empty is not None else []
    return first + [SelectChoice(str(value), label) for value, label in choices.items()]


class ChoiceField(SelectField):
    """One of a list that drops down. ``choices`` maps value to label, or is a function that gives this.

    Its data is None where nothing is chosen. ``empty`` are the words that then stand in the box.
    """

    widget = GovSelect()

    def __init__(
        self,
        label: str,
        *,
        choices: Choices | Callable[[], Choices] = {},  # noqa: B006 (never changed)
        missing: str | None = None,
        empty: str | None = CHOOSE,
        unknown: str = "Choose one from the list",
        validators: list[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.unknown = unknown
        mapping = choices() if callable(choices) else choices
        super().__init__(
            label,
            _validators(missing, *(validators or [])),
            choices=choices_from(mapping, empty=empty),
            coerce=_text_or_none,
            **kwargs,
        )

    def pre_validate(self, form: Any) -> None:
        """Refuse what the list does not offer."""
        if self.data is not None and all(choice.value != self.data for choice in self.choices):
            raise ValidationError(self.unknown)

    def offer(self, choices: Choices, *, empty: str | None = CHOOSE) -> None:
        """Set the choices of this form alone, for lists that depend on the record."""
        self.choices = choices_from(choices, empty=empty)


class RadiosField(RadioField):
    """One of a few, all in sight."""

    widget = RadiosWidget()

    def __init__(
        self,
        label: str,
        *,
        choices: Choices | Callable[[], Choices] = {},  # noqa: B006 (never changed)
        missing: str | None = None,
        validators: list[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        mapping = choices() if callable(choices) else choices
        super().__init__(
            label,
            _validators(missing, *(validators or [])),
            choices=choices_from(mapping),
            coerce=_text_or_none,
            validate_choice=False,
            **kwargs,
        )

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not among the choices."""
        if self.data is not None and all(choice.value != self.data for choice in self.choices):
            raise ValidationError("Choose one of these")

    def offer(self, choices: Choices) -> None:
        """Set the choices of this form alone, for lists that depend on the record."""
        self.choices = choices_from(choices)


class CheckboxesField(SelectMultipleField):
    """Any of a list. Its data is a list of values, empty where nothing is ticked."""

    widget = CheckboxesWidget()

    def __init__(
        self,
        label: str,
        *,
        choices: Choices | Callable[[], Choices] = {},  # noqa: B006 (never changed)
        missing: str | None = None,
        most: int | None = None,
        validators: list[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.most = most
        mapping = choices() if callable(choices) else choices
        super().__init__(
            label, _validators(missing, *(validators or [])), choices=choices_from(mapping), **kwargs
        )

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not among the choices, and more of them than ``most``."""
        known = {choice.value for choice in self.choices}
        if any(value not in known for value in self.data or []):
            raise ValidationError("Choose only from this list")
        if self.most is not None and len(self.data or []) > self.most:
            raise ValidationError(f"Choose {self.most} at most")

    def offer(self, choices: Choices) -> None:
        """Set the choices of this form alone, for lists that depend on the record."""
        self.choices = choices_from(choices)


class TickField(BooleanField):
    """One checkbox: yes or no. With ``missing`` it has to be ticked."""

    widget = CheckboxWidget()

    def __init__(self, label: str, *, missing: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, [Missing(missing)], **kwargs)


def _text_or_none(value: object) -> str | None:
    return str(value) if value not in (None, "") else None
