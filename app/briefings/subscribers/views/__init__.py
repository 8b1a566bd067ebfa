"""Pages of readers and about readers."""

from app.briefings.subscribers.reconfirming import views as reconfirming
from app.briefings.subscribers.views import held, importing, listing, own, public
from app.briefings.subscribers.views.blueprint import blueprint

__all__ = ["blueprint", "held", "importing", "listing", "own", "public", "reconfirming"]
