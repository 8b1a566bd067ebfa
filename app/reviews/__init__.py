"""Serious case reviews and their successors, local reviews, audits and other sources of learning."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages, and answer what is asked of reviews from below."""
    from app.core import hooks
    from app.reviews import redactable
    from app.reviews.access.views import blueprint as case_access
    from app.reviews.uses import used_by_reviews
    from app.reviews.views import blueprint

    app.register_blueprint(blueprint)
    app.register_blueprint(case_access)
    hooks.redactable.fill("review", redactable.review)
    hooks.redactable.fill("figure", redactable.figure)
    hooks.structure_used.fill("review", used_by_reviews)
