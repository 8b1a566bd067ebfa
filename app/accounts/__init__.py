"""The partnership, its agencies, groups and people; signing in; and what each person may do."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages, and what the frame of every page says of the person signed in."""
    from app.accounts.administration import mail as administration_mail
    from app.accounts.administration.belongings import fill_hooks
    from app.accounts.administration.views import blueprint as administration
    from app.accounts.cases import mail as case_mail
    from app.accounts.cases import operations as cases
    from app.accounts.frame import frame
    from app.accounts.signing_in import mail, notices, views
    from app.accounts.views import blueprint
    from app.core import hooks

    app.register_blueprint(blueprint)
    app.register_blueprint(administration)
    for signing_in in (views.open_pages, views.own_account):
        app.register_blueprint(signing_in)
    letters = {
        **dict.fromkeys(mail.KINDS, mail),
        cases.NOTICE: case_mail,
        notices.PASSWORD_CHANGED: notices,
        administration_mail.ADDRESS_CHANGED: administration_mail,
    }
    for kind, room in letters.items():
        hooks.still_wanted.fill(kind, room.still_wanted)
        hooks.message_text.fill(kind, room.message_text)
        hooks.delivery_failed.fill(kind, room.delivery_failed)
    app.context_processor(frame)
    fill_hooks()
