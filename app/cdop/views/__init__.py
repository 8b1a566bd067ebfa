"""Pages of child death reviews: the stage board, a case, its course, its end and who may open it."""

from app.cdop.views import access, board, cases, course, ending
from app.cdop.views.blueprint import blueprint

__all__ = ["access", "blueprint", "board", "cases", "course", "ending"]
