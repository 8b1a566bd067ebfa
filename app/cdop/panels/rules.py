"""What may be planned, changed and called off of a panel: pure rules on plain values."""

from collections.abc import Iterable

from app.cdop.models.panels import PanelKind, PanelStatus
from app.core import checks
from app.core.errors import RuleBroken


class PanelOver(RuleBroken):
    """The panel was held or cancelled, and its plan is kept as it was."""


class NotBeforeThisPanel(RuleBroken):
    """The death is before another panel, was reviewed, or is not reviewed at all."""


class GroupUnfit(RuleBroken):
    """The group does not review child deaths."""


def theme_of(panel_kind: str, theme: str) -> str:
    """The theme of a panel: needed of a themed one, and held of no other. Raises WordsMissing."""
    if panel_kind != PanelKind.THEMED:
        return ""
    return checks.words(theme, "Enter what the themed panel is about", "theme")


def check_planned(ref: str, status: str) -> None:
    """Check that a panel is still to be held. Raises PanelOver."""
    if status != PanelStatus.PLANNED:
        raise PanelOver(f"{ref} was {PanelStatus(status).value}, and is kept as it was")


def check_group(name: str, *, reviews_child_deaths: bool) -> None:
    """Check that a group reviews child deaths. Raises GroupUnfit."""
    if not reviews_child_deaths:
        raise GroupUnfit(f"{name} does not review child deaths", "group")


def check_may_come(
    ref: str, *, is_of_group: bool, is_open: bool, is_reviewed: bool, before: str | None
) -> None:
    """Check that a death may be put before a panel of its group; ``before`` is another it is before already.

    Raises NotBeforeThisPanel.
    """
    if not is_of_group:
        raise NotBeforeThisPanel(f"Another group than that of the panel reviews {ref}", "cases")
    if not is_open:
        raise NotBeforeThisPanel(f"{ref} is closed, excluded or withdrawn, so no panel looks at it", "cases")
    if is_reviewed:
        raise NotBeforeThisPanel(f"A panel has reviewed {ref}. Reopen its review first", "cases")
    if before is not None:
        raise NotBeforeThisPanel(f"{ref} is on the agenda of {before}. Take it off there first", "cases")


def check_no_learning(parts: Iterable[tuple[int, str, str]], *, ref: str) -> None:
    """Check that nothing was learned from a panel that is called off. Raises PanelOver."""
    left = [f"{count} {one if count == 1 else many}" for count, one, many in parts if count]
    if left:
        raise PanelOver(f"{ref} has {' and '.join(left)}, so it cannot be cancelled")
