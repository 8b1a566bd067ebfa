"""Read only: homes, the thread page, dashboards and searches."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages, and the menu of every page."""
    from app.reports import assurance, health, information, panels, sign_offs, trail, trail_redactions
    from app.reports.navigation import navigation
    from app.reports.views import blueprint

    app.register_blueprint(blueprint)
    app.register_blueprint(assurance.blueprint)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(information.blueprint)
    app.register_blueprint(panels.blueprint)
    app.register_blueprint(sign_offs.blueprint)
    app.register_blueprint(trail.blueprint)
    app.register_blueprint(trail_redactions.blueprint)
    app.context_processor(navigation)
    app.context_processor(information.footer)
