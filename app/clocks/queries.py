"""Which regimes and stages there are."""

from collections.abc import Sequence

from sqlalchemy import select

from app.clocks.models import Regime, Stage
from app.core.database import current_session


def regimes() -> Sequence[Regime]:
    """Every regime, the oldest first."""
    return current_session().scalars(select(Regime).order_by(Regime.in_force_from, Regime.code)).all()


def stages(*, regime_id: int, pathway: str) -> Sequence[Stage]:
    """The stages a review passes on its pathway under its regime, in order."""
    return (
        current_session()
        .scalars(
            select(Stage)
            .where(Stage.regime_id == regime_id, Stage.pathway == pathway)
            .order_by(Stage.position)
        )
        .all()
    )
