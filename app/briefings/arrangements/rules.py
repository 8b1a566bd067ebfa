"""What may be arranged for the briefing."""

from app.core.errors import RuleBroken


class NumberNotUsable(RuleBroken):
    """What was entered is not a number within reason."""


class RemovesForGood(RuleBroken):
    """What is kept of readers would be removed, and nobody has said that this is meant."""


class AudienceNameTaken(RuleBroken):
    """Another kind of work has the name already."""


class AudienceNotUsable(RuleBroken):
    """The kind of work was retired, or was not."""


#: More a minute than any mail server takes.
FASTEST = 60_000
#: So many refusals in a row and something is wrong for sure.
MOST_FAILURES = 1_000
#: Shorter, and the results after 28 days would not be there; longer, and nobody needs it.
FEWEST_MONTHS, MOST_MONTHS = 2, 36


def number(text: str | None, *, most: int, field: str, least: int = 1, optional: bool = False) -> int | None:
    """The whole number within reason that was written; none where that is allowed. Raises NumberNotUsable."""
    kept = (text or "").replace(",", "").strip()
    if not kept and optional:
        return None
    value = int(kept[:9]) if kept.isascii() and kept.isdecimal() else 0
    if not least <= value <= most:
        empty = ", or leave it empty" if optional else ""
        raise NumberNotUsable(f"Enter a whole number from {least} to {most:,}{empty}", field)
    return value


def publisher_lacking(publisher: str) -> str | None:
    """What is to be said while nobody is named as the publisher."""
    return (
        None if publisher.strip() else "Say who publishes the briefing: it stands at the foot of every mail"
    )
