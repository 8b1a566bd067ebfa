"""The application factory: joins the rooms, and decides nothing."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

import config


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Make the application from the environment's settings, or from those given."""
    from flask_migrate import Migrate

    from app import (
        accounts,
        actions,
        briefings,
        cdop,
        cli,
        clocks,
        lessons,
        meetings,
        reminders,
        reports,
        reviews,
        scheduler,
    )
    from app.accounts.guard import ONE_CLICK_ENDPOINTS, OPEN_ENDPOINTS, install_guard
    from app.accounts.signing_in.install import install_sign_in
    from app.core.database import db
    from app.core.error_pages import install_error_pages
    from app.core.files.uploads import install_files
    from app.core.installation import Mode, install_mode_check
    from app.core.late_forms import Forgery
    from app.core.look import check_assets, install_look
    from app.core.numbers import install_numbers
    from app.core.proxies import trust_proxies

    app = Flask(__name__, template_folder=str(config.ROOT / "templates"), instance_path=str(config.INSTANCE))
    app.config.update(config.settings() if settings is None else settings)
    install_numbers(app)
    check_assets(app)
    trust_proxies(app)
    db.init_app(app)
    Migrate(app, db, directory=str(config.ROOT / "migrations"), render_as_batch=True)
    install_files(app)
    Forgery(open_endpoints=OPEN_ENDPOINTS, without_token=ONE_CLICK_ENDPOINTS).init_app(app)
    install_mode_check(app)
    install_look(app)
    install_error_pages(app)
    install_sign_in(app)
    for room in (
        accounts,
        clocks,
        reviews,
        cdop,
        lessons,
        actions,
        meetings,
        briefings,
        reminders,
        reports,
    ):
        room.join(app)
    if app.config["TRACKER_MODE"] == Mode.DEMO:
        from app import demo

        demo.join(app)
    cli.join(app)
    scheduler.join(app)
    install_guard(app)
    return app
