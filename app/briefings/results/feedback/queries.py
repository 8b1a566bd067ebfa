"""What readers said of issues, for the editors."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.briefings.models import BriefingIssue, Feedback
from app.core.database import current_session
from app.core.paging import PAGE_SIZE, capped

#: Newest first; the words of readers alone, as votes without any are counted in the results.
_WORDS = Feedback.words != ""


def feedback(number: int) -> Feedback:
    """What somebody said, by row number. Raises NoResultFound."""
    statement = select(Feedback).where(Feedback.id == number).options(joinedload(Feedback.issue))
    return current_session().scalars(statement).one()


def listing(
    issue: str | None, *, settled: bool, before: int | None = None
) -> tuple[Sequence[Feedback], bool]:
    """What readers wrote, the latest first, older than a row where one is named; whether there is more."""
    statement = _found(issue, settled=settled)
    if before is not None:
        statement = statement.where(Feedback.id < before)
    rows = current_session().scalars(statement.limit(PAGE_SIZE + 1)).all()
    return rows[:PAGE_SIZE], len(rows) > PAGE_SIZE


def in_full(issue: str | None, *, settled: bool) -> Iterator[Feedback]:
    """Everything on the list, a few hundred at a time."""
    with current_session().scalars(_found(issue, settled=settled).execution_options(yield_per=500)) as rows:
        yield from rows


def count(issue: str | None, *, settled: bool) -> int:
    """How many the list holds; one more than ``MOST_COUNTED`` stands for all above it."""
    return capped(current_session(), _found(issue, settled=settled).with_only_columns(Feedback.id))


def _found(issue: str | None, *, settled: bool) -> Select[Feedback]:
    done = Feedback.settled_on.is_not(None)
    found = (
        select(Feedback)
        .join(Feedback.issue)
        .where(_WORDS, done if settled else ~done)
        .options(joinedload(Feedback.issue))
        .order_by(Feedback.id.desc())
    )
    return found if not issue else found.where(BriefingIssue.ref == issue)
