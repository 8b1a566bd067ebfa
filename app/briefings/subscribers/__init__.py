"""Who gets the briefing: signing up, preferences, leaving, import, addresses that were refused."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the pages of readers, and answer what is asked of their messages."""
    from app.briefings.subscribers import mail
    from app.briefings.subscribers.bounces import HELD
    from app.briefings.subscribers.operations.forgetting import ASKED, MOVED
    from app.briefings.subscribers.reconfirming import KIND
    from app.briefings.subscribers.reconfirming import mail as confirm_again
    from app.briefings.subscribers.views import blueprint
    from app.briefings.subscribers.views.own import line_of
    from app.briefings.subscribers.views.public import sign_up_address
    from app.core import hooks

    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(briefing_line=line_of, sign_up_address=sign_up_address)
    hooks.still_wanted.fill(ASKED, mail.still_wanted)
    hooks.message_text.fill(ASKED, mail.message_text)
    hooks.delivery_failed.fill(ASKED, mail.delivery_failed)
    hooks.still_wanted.fill(KIND, confirm_again.still_wanted)
    hooks.message_text.fill(KIND, confirm_again.message_text)
    hooks.delivery_failed.fill(KIND, confirm_again.delivery_failed)
    hooks.still_wanted.fill(HELD, mail.held_still_wanted)
    hooks.message_text.fill(HELD, mail.held_text)
    hooks.delivery_failed.fill(HELD, mail.held_failed)
    hooks.still_wanted.fill(MOVED, mail.moved_still_wanted)
    hooks.message_text.fill(MOVED, mail.moved_text)
    hooks.delivery_failed.fill(MOVED, mail.moved_failed)
