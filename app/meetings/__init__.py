"""Meetings: the planner, agenda, papers, quoracy, attendance and decisions of child death overview panels."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages, and answer what is asked of meetings from below."""
    from app.core import hooks
    from app.meetings import mail, redactable
    from app.meetings.operations.sending import NOTICE
    from app.meetings.queries.sittings import awaited_at, places_of
    from app.meetings.uses import used_by_panels
    from app.meetings.views import blueprint

    app.register_blueprint(blueprint)
    app.jinja_env.globals["panel_places"] = places_of
    hooks.still_wanted.fill(NOTICE, mail.still_wanted)
    hooks.message_text.fill(NOTICE, mail.message_text)
    hooks.delivery_failed.fill(NOTICE, mail.delivery_failed)
    hooks.decided_elsewhere.fill("child_death", awaited_at)
    hooks.redactable.fill("panel", redactable.panel)
    hooks.redactable.fill("meeting", redactable.meeting)
    # In place of what the room of child deaths says, which knows nothing of meetings.
    hooks.redactable.fill("child_death", redactable.child_death)
    hooks.structure_used.fill("panel", used_by_panels)
