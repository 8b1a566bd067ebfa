"""Actions, their updates, evidence, extensions and sign-off."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages, and answer what is asked of actions from below."""
    from app.actions.queries.uses import used_by_actions
    from app.actions.views import blueprint
    from app.core import hooks

    app.register_blueprint(blueprint)
    hooks.structure_used.fill("action", used_by_actions)
