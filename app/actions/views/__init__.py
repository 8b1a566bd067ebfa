"""Pages of the room. The page of one action is its thread, which a higher room shows."""

from app.actions.views import deciding, drafting, lists, more_time, working  # noqa: F401
from app.actions.views.blueprint import blueprint

__all__ = ["blueprint"]
