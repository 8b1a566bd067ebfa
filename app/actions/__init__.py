"""Actions, their updates, evidence, extensions and sign-off."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages, and answer what is asked of actions from below."""
    from app.actions import handing_over, redactable
    from app.actions.queries.uses import left_with_actions, used_by_actions
    from app.actions.views import blueprint
    from app.core import hooks

    app.register_blueprint(blueprint)
    hooks.redactable.fill("action", redactable.action)
    hooks.redactable.fill("challenge", redactable.challenge)
    hooks.person_owes.fill("action", handing_over.owed_by)
    hooks.hand_over.fill("action", handing_over.hand_over)
    hooks.structure_used.fill("action", used_by_actions)
    hooks.left_holding.fill("action", left_with_actions)
