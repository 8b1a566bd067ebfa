"""The partnership, its agencies, groups and people; signing in; and what each person may do."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages, and what the frame of every page says of the person signed in."""
    from app.accounts.frame import frame
    from app.accounts.views import blueprint

    app.register_blueprint(blueprint)
    app.context_processor(frame)
