"""What agencies return about a death: asked, answered in eCDOP, chased, waived; the forms stay in eCDOP."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the pages, and answer what is asked of returns from below."""
    from app.cdop.returns import handing_over, queries, redactable
    from app.cdop.returns.views import blueprint
    from app.core import hooks

    app.register_blueprint(blueprint)
    app.add_template_global(queries.form_labels, "form_labels")
    hooks.redactable.fill("agency_return", redactable.agency_return)
    hooks.person_owes.fill("agency_return", handing_over.owed_by)
    hooks.hand_over.fill("agency_return", handing_over.hand_over)
    hooks.left_holding.fill("agency_return", queries.left_with_returns)
    hooks.structure_used.fill("agency_return", queries.used_by_returns)
