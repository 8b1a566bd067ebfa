"""Pages of readers and about readers."""

from app.briefings.subscribers.views import importing, listing, own, public
from app.briefings.subscribers.views.blueprint import blueprint

__all__ = ["blueprint", "importing", "listing", "own", "public"]
