"""Pages of the room. The page of one action is its thread, which a higher room shows."""

from app.actions.challenges import views as challenges  # noqa: F401
from app.actions.views import (  # noqa: F401
    deciding,
    drafting,
    evidence,
    impact,
    lists,
    more_time,
    ratifying,
    working,
)
from app.actions.views.blueprint import blueprint

__all__ = ["blueprint"]
