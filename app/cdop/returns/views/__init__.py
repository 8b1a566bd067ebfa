"""Pages of agency returns: what is asked of whom, the answer, and what whoever asked does about it."""

from app.cdop.returns.views import answering, asking, lists
from app.cdop.returns.views.blueprint import blueprint

__all__ = ["answering", "asking", "blueprint", "lists"]
