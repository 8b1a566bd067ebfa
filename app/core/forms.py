"""The base of every form, and how what is wrong with one is said.

What a person typed always comes back with the errors.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import Field, HiddenField
from wtforms.widgets import HiddenInput

from app.core import late_forms
from app.core.errors import RuleBroken
from app.core.fields import (
    CheckboxesField,
    ChoiceField,
    DateField,
    LongTextField,
    RadiosField,
    TextField,
    TickField,
    choices_from,
)
from app.core.screening import notices
from app.core.screening.fields import Screened

__all__ = [
    "CheckboxesField",
    "ChoiceField",
    "DateField",
    "HiddenField",
    "LongTextField",
    "RadiosField",
    "TextField",
    "TickField",
    "TrackerForm",
    "apply_rule",
    "carry_out",
    "choices_from",
    "error_links",
    "in_order",
]


class TrackerForm(FlaskForm):
    """A form of ours: guarded against forged requests, and fit to stand twice on one page."""

    #: The fields that come first on the page, for a form whose parent declares others before them.
    leading: ClassVar[tuple[str, ...]] = ()
    #: What is wrong with the form as a whole.
    form_errors: list[str]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether everything is filled in well; what the author did about warnings then goes on record.

        A form that came too late is not carried out, however well it is filled in.
        """
        if late_forms.is_late():
            self.form_errors = [*self.form_errors, late_forms.SENTENCE]
            return False
        is_good: bool = super().validate(extra_validators)
        if is_good:
            notices.hand_over(
                notice for field in self if isinstance(field, Screened) for notice in field.notices
            )
        return is_good

    def hidden_tag(self, *fields: Any) -> Markup:
        """The hidden fields without ids, which two forms on one page would repeat."""
        hidden = (field for field in self if isinstance(field.widget, HiddenInput))
        # The name of a field comes from our code and its value is escaped.
        return Markup("").join(
            Markup('<input type="hidden" name="{}" value="{}">').format(field.name, field._value())
            for field in hidden
        )


def apply_rule(form: FlaskForm, error: RuleBroken) -> None:
    """Put a refusal's sentence beside the field it names; on top of the form where it names none."""
    field = form._fields.get(error.field) if error.field else None
    if field is None:
        form.form_errors = [*form.form_errors, error.sentence]
    else:
        field.errors = [*field.errors, error.sentence]


def error_links(form: FlaskForm) -> list[dict[str, str]]:
    """What is wrong with a form, in the order of the page, each with the address of what can be put right.

    ``[{"text": "Enter the date the report was sent, for example 27 3 2017", "href": "#sent_on-day"}]``. An
    error of the form as a whole comes first and leads nowhere.
    """
    links = [{"text": str(sentence)} for sentence in form.form_errors]
    for field in in_order(form):
        if field.errors:
            links.append({"text": str(field.errors[0]), "href": f"#{_first_input(field)}"})
    return links


def in_order(form: FlaskForm) -> list[Field]:
    """The fields of a form as they stand on the page."""
    leading = getattr(form, "leading", ())
    return sorted(form, key=lambda field: (*leading, field.name).index(field.name) - len(leading))


def _first_input(field: Field) -> str:
    """The id of the first thing of a field that takes the keyboard; the division around a date cannot."""
    if isinstance(field, DateField):
        return f"{field.name}-day"
    return str(field.id)


def carry_out(form: FlaskForm, operation: Callable[[], object]) -> bool:
    """Whether the form was sent, is filled in as its fields ask, and the rules let the operation happen.

    Otherwise what is wrong stands in the form, and nothing was done.
    """
    if not form.validate_on_submit():
        return False
    try:
        operation()
    except RuleBroken as error:
        apply_rule(form, error)
        return False
    return True
