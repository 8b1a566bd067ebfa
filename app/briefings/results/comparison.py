"""The figures of 2016/17 as the annual report printed them, to stand beside an issue's results."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.briefings.results.tables import Line
from app.core.database import current_session
from app.reviews.models import PublishedFigure

#: The figures by reference, and what of an issue stands beside each.
_SUBSCRIBERS, _OPENS, _BEFORE, _CLICKS = (
    "2016-tusk-subscribers",
    "2016-tusk-open-rate",
    "2016-tusk-open-rate-before",
    "2016-tusk-click-rate",
)
#: In what the two ways of counting differ, as far as it is known.
DIFFERS = {
    _SUBSCRIBERS: "The report counts who was on the list. Beside it stands to how many this was delivered.",
    _OPENS: (
        "The report prints an average over its issues and does not say how it counted. Here an opening is "
        "that a picture was fetched, which gateways do by themselves and many readers never do: it indicates."
    ),
    _BEFORE: "The average that the report compares with.",
    _CLICKS: (
        "The report prints an average over its issues and does not say whether scanners were left out. Here "
        "it is the share of readers who followed a link, known scanners left out."
    ),
}


@dataclass(frozen=True)
class Compared:
    """One published figure and what stands beside it."""

    figure: PublishedFigure
    here: str
    differs: str


def beside(total: Line) -> Sequence[Compared]:
    """The published figures beside an issue's; none where the partnership's record has none."""
    statement = (
        select(PublishedFigure)
        .where(PublishedFigure.ref.in_(DIFFERS), PublishedFigure.withdrawn_on.is_(None))
        .order_by(PublishedFigure.position, PublishedFigure.id)
    )
    here = {
        _SUBSCRIBERS: f"{total.numbers.delivered:,}",
        _OPENS: total.share("opened"),
        _CLICKS: total.share("clicked"),
    }
    return [
        Compared(figure, here.get(figure.ref, ""), DIFFERS[figure.ref])
        for figure in current_session().scalars(statement)
    ]
