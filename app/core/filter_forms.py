"""The form that narrows a list. It is only read; its values stand in the address of the person's own page."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from wtforms import Field

from app.core.fields import ChoiceField, TickField
from app.core.filters import date_long
from app.core.forms import TrackerForm, in_order

#: A filter in force: its label, its value in words, and the parameter that takes it off again.
Applied = tuple[str, str, str]

_ONLY = "Only "


class FilterForm(TrackerForm):
    """What a list can be narrowed to. A value that is no good narrows nothing, and its field says why."""

    class Meta(FlaskForm.Meta):
        """Nothing changes, so nothing can be forged."""

        csrf = False

    #: The words on the tag of a filter in force, by the field's name, where its label is too long for one.
    tags: ClassVar[Mapping[str, str]] = {}

    def sound(self) -> dict[str, Any]:
        """What was asked for, by name, without what is no good."""
        self.validate()
        return {field.name: field.data for field in self if not field.errors}

    def good(self, field: Field) -> str | None:
        """The value of a field that holds a good one."""
        value: str | None = None if field.errors else field.data
        return value or None

    def in_order(self) -> list[Field]:
        """The fields as they stand on the page."""
        return in_order(self)

    def applied(self) -> list[Applied]:
        """The filters in force, in the order of the page."""
        return [
            (self._tag(field), self.in_words(field), field.name)
            for field in self.in_order()
            if field.data and not field.errors
        ]

    def in_words(self, field: Field) -> str:
        """What a field that is filled in asks for."""
        if isinstance(field, ChoiceField):
            return next(str(choice.label) for choice in field.choices if choice.value == field.data)
        if isinstance(field, TickField):
            return str(field.label.text).removeprefix(_ONLY)
        return date_long(field.data) if isinstance(field.data, date) else str(field.data)

    def _tag(self, field: Field) -> str:
        return _ONLY.strip() if isinstance(field, TickField) else self.tags.get(field.name, field.label.text)
