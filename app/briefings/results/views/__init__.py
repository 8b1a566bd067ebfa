"""The pages of results, and the addresses that mails lead to."""

from app.briefings.results.feedback import views as feedback
from app.briefings.results.receipts import views as receipts
from app.briefings.results.views import coverage, following, results
from app.briefings.results.views.blueprint import blueprint

__all__ = ["blueprint", "coverage", "feedback", "following", "receipts", "results"]
