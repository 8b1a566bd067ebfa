"""Pages of administration: structures, people, leavers, deputies. None shows a word of a case."""

from app.accounts.administration.views import deputies, leavers, people, seats, structures
from app.accounts.administration.views.blueprint import blueprint

__all__ = ["blueprint", "deputies", "leavers", "people", "seats", "structures"]
