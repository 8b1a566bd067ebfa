"""The partnership, its agencies, groups and people; signing in; and what each person may do."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages, and what the frame of every page says of the person signed in."""
    from app.accounts.administration.belongings import fill_hooks
    from app.accounts.administration.views import blueprint as administration
    from app.accounts.cases import mail as case_mail
    from app.accounts.cases import operations as cases
    from app.accounts.frame import frame
    from app.accounts.signing_in import mail, views
    from app.accounts.views import blueprint
    from app.core import hooks

    app.register_blueprint(blueprint)
    app.register_blueprint(administration)
    for signing_in in (views.open_pages, views.own_account):
        app.register_blueprint(signing_in)
    for kind in mail.KINDS:
        hooks.still_wanted.fill(kind, mail.still_wanted)
        hooks.message_text.fill(kind, mail.message_text)
        hooks.delivery_failed.fill(kind, mail.delivery_failed)
    hooks.still_wanted.fill(cases.NOTICE, case_mail.still_wanted)
    hooks.message_text.fill(cases.NOTICE, case_mail.message_text)
    hooks.delivery_failed.fill(cases.NOTICE, case_mail.delivery_failed)
    app.context_processor(frame)
    fill_hooks()
