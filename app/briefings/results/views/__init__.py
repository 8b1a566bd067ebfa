"""The pages of results, and the addresses that mails lead to."""

from app.briefings.results.receipts import views as receipts
from app.briefings.results.views import following
from app.briefings.results.views.blueprint import blueprint

__all__ = ["blueprint", "following", "receipts"]
