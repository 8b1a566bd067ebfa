"""Pages of the figures: what is shown, what is in full, issues, decisions, and what is stated beside them."""

from app.cdop.figures.views.blueprint import blueprint

__all__ = ["blueprint"]

# Each adds its pages to the blueprint.
from app.cdop.figures.views import issuing, reading, stating  # noqa: F401
