"""Pages of the room. The page of one action is its thread, which a higher room shows."""

from app.actions.challenges import views as challenges  # noqa: F401
from app.actions.views import (  # noqa: F401
    course,
    deciding,
    drafting,
    evidence,
    impact,
    joining,
    lists,
    more_time,
    passing,
    ratifying,
    working,
)
from app.actions.views.blueprint import blueprint

__all__ = ["blueprint"]
