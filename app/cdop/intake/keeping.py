"""What lists of child deaths filter and sort by, written once records of a file stand."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.cdop import standing
from app.cdop.models import CaseStage, ChildDeathCase
from app.clocks import queries as clocks
from app.core.clock import today
from app.core.database import current_session
from app.core.intake.section import batches


def keep(row_ids: Iterable[int]) -> None:
    """Write the kept columns of these cases, in a constant number of statements for so many of them."""
    session = current_session()
    by, on = standing.guidance(), today()
    for batch in batches(sorted(set(row_ids))):
        cases = session.scalars(
            select(ChildDeathCase)
            .where(ChildDeathCase.id.in_(batch))
            .options(
                selectinload(ChildDeathCase.stages).options(joinedload(CaseStage.stage)),
                selectinload(ChildDeathCase.returns),
                selectinload(ChildDeathCase.waits),
            )
        ).all()
        pauses = clocks.pauses(case.ref for case in cases)
        for case in cases:
            standing.keep(case, on=on, by=by, pauses=pauses)
        session.flush()
