"""Forms that change what stands, and notice where somebody else changed it since their page was opened."""

from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from typing import Any, TypeVar, cast

from flask import request
from wtforms import Field, HiddenField

from app.core.database import keep_for_change
from app.core.fields import strip
from app.core.forms import TrackerForm

Form = TypeVar("Form", bound=TrackerForm)

#: How much is shown of what stands now.
_SHOWN = 200


def editing(
    kind: type[Form],
    record: Any,
    values: Callable[[], Mapping[str, Any]] | None = None,
    *,
    first: Callable[[], object] | None = None,
) -> Form:
    """A form filled with what the record holds: what ``values`` says, else what goes by its fields' names.

    Where a field would undo what somebody else changed meanwhile, the form comes back as it was typed and
    says beside the field what stands there now; sent once more, it is meant. While the form is carried out,
    nobody else changes the record; ``first`` keeps what everybody who changes such a record keeps before it.
    """
    if request.method == "POST":
        if first is not None:
            first()
        keep_for_change(record)
    guarded = _guarded(cast(Any, kind))
    form: Form = guarded(obj=record) if values is None else guarded(data=dict(values()))
    if not form.is_submitted():
        cast(_Editing, form).note_present()
    return form


class _Editing:
    """What a form about something that stands has beside its own fields."""

    #: For each field, a digest of what stood there when the page was made.
    begun_from = HiddenField()

    def note_present(self) -> None:
        """Let what is typed from now on change what stands now."""
        self.begun_from.data = " ".join(f"{name}={_digest(field)}" for name, field in self._standing())

    def validate(self, extra_validators: Any = None) -> bool:
        is_good: bool = super().validate(extra_validators)  # type: ignore[misc]
        begun = dict(each.split("=", 1) for each in (self.begun_from.data or "").split() if "=" in each)
        undone = [
            field
            for name, field in self._standing()
            if begun.get(name, _digest(field)) != _digest(field)
            and _plain(field.data) != _plain(field.object_data)
        ]
        for field in undone:
            field.errors = [*field.errors, _sentence(field)]
        self.note_present()
        return is_good and not undone

    def _standing(self) -> list[tuple[str, Field]]:
        fields = cast(TrackerForm, self)._fields
        return [(name, field) for name, field in fields.items() if not isinstance(field, HiddenField)]


@cache
def _guarded(kind: Any) -> Any:
    return type(kind.__name__, (_Editing, kind), {})


def _digest(field: Field) -> str:
    return sha256(repr(_plain(field.object_data)).encode()).hexdigest()[:16]


def _plain(data: Any) -> Any:
    """What a field holds, so that nothing and an empty text are the same, and the order of ticks is not."""
    if isinstance(data, list | tuple):
        return sorted(map(str, data))
    return strip(str(data)) if data is not None else ""


def _sentence(field: Field) -> str:
    said = "Somebody changed this while your page was open."
    if not isinstance(field.object_data, str):
        return f"{said} Look at what stands now before you save yours"
    now = " ".join(field.object_data.split())
    shown = now if len(now) <= _SHOWN else f"{now[:_SHOWN].rstrip()}…"
    return f"{said} It now reads “{shown}”. Save again only if yours should take its place"
