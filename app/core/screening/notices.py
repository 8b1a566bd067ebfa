"""What the author did about a warning, on its way from the form to the trail's entry of the same change."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import g, has_request_context

from app.core.screening.rules import Kind


@dataclass(frozen=True)
class Notice:
    """That a field was warned about, and whether its words were kept or changed; never the words."""

    field: str
    label: str
    kinds: tuple[Kind, ...]
    is_kept: bool

    @property
    def verb(self) -> str:
        """What the trail calls it."""
        return "screening.keep" if self.is_kept else "screening.change"

    @property
    def line(self) -> str:
        """What the trail says of it, for example "Kept what looks like a postcode in “What happened”"."""
        found = " and ".join(kind.words for kind in self.kinds)
        deed = "Kept" if self.is_kept else "Changed after a warning"
        said = "; said that it identifies nobody" if self.is_kept else ""
        return f"{deed} what looked like {found} in “{self.label[:200]}”{said}"


def hand_over(notices: Iterable[Notice]) -> None:
    """Leave what a good form holds for the next change of this request that is put on record."""
    if has_request_context():
        g.screening_notices = tuple(notices)


def take() -> tuple[Notice, ...]:
    """What was left, once; nothing outside of a request."""
    if not has_request_context():
        return ()
    notices: tuple[Notice, ...] = g.pop("screening_notices", ())
    return notices
