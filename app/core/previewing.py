"""Changes of rules that are shown before they are made: what would change is seen first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from app.core.errors import RuleBroken
from app.core.forms import HiddenField, TrackerForm, apply_rule


class PreviewForm(TrackerForm):
    """What changes; ``seen`` is a digest of the entries of which the person has seen what would change."""

    seen = HiddenField()


@dataclass(frozen=True)
class Previewed:
    """What became of a form: whether the change was made, or what it would do, and how the page answers."""

    is_done: bool = False
    told: Sequence[str] = ()
    status: int = 200


def once_seen(
    form: PreviewForm,
    names: Sequence[str],
    *,
    would: Callable[[], Sequence[str]],
    change: Callable[[], object],
    set_for: Callable[[], Sequence[str]] = tuple,
) -> Previewed:
    """First what would change is shown; the same entries sent once more are carried out.

    ``names`` are the fields that the change is made of. ``set_for`` says what they would take the place of:
    where that changed meanwhile, it is shown anew.
    """
    if not form.is_submitted():
        return Previewed()
    if not form.validate():
        return Previewed(status=422)
    # As a digest: a browser writes the line ends of a hidden field its own way.
    entries = "|".join([*(str(form[name].data) for name in names), *set_for()])
    digest = sha256(entries.encode()).hexdigest()
    try:
        if form.seen.data == digest:
            change()
            return Previewed(is_done=True)
        told = would()
    except RuleBroken as error:
        apply_rule(form, error)
        return Previewed(status=422)
    form.seen.data = digest
    return Previewed(told=told)
