"""The ladder of reminders, its ledger, and the one message a person gets a day."""

from flask import Flask


def join(app: Flask) -> None:
    """Answer the outbox's questions about reminders, and take out what the rooms below say has changed."""
    from app.core import hooks
    from app.reminders import dues, mail, operations, queries
    from app.reminders.planning import ACTION, AGENCY_RETURN, IMPACT_LOOK, SIGN_OFF
    from app.reminders.views import blueprint

    def action_changed(ref: str) -> None:
        operations.take_out(ACTION, ref)

    def return_changed(ref: str) -> None:
        operations.take_out(AGENCY_RETURN, ref)

    def of_part_changed(ref: str) -> None:
        now = dues.standing([ref]).get(ref)
        if now is not None:
            operations.take_out(ACTION, now.due.about_ref)

    app.register_blueprint(blueprint)
    hooks.still_wanted.fill(queries.KIND, mail.still_wanted)
    hooks.message_text.fill(queries.KIND, mail.message_text)
    hooks.delivery_failed.fill(queries.KIND, mail.delivery_failed)
    hooks.dues_changed.fill(ACTION, action_changed)
    hooks.dues_changed.fill(AGENCY_RETURN, return_changed)
    hooks.dues_changed.fill(IMPACT_LOOK, of_part_changed)
    hooks.dues_changed.fill(SIGN_OFF, of_part_changed)
    hooks.still_wanted.fill(queries.NUDGE, mail.nudge_still_wanted)
    hooks.message_text.fill(queries.NUDGE, mail.nudge_text)
    hooks.delivery_failed.fill(queries.NUDGE, mail.nudge_failed)
