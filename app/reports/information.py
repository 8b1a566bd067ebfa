"""Pages that anybody may read, signed in or not: help, privacy, accessibility."""

from flask import Blueprint, render_template, url_for

from app.accounts import queries as accounts
from app.briefings import queries as briefings

blueprint = Blueprint("information", __name__)

#: Label and endpoint, in the order of the foot of every page.
PAGES = (
    ("Help", "information.help_page"),
    ("Privacy", "information.privacy"),
    ("Accessibility statement", "information.accessibility"),
)


def footer() -> dict[str, object]:
    """The links at the foot of every page."""
    return {"footer_links": [(label, url_for(endpoint)) for label, endpoint in PAGES]}


@blueprint.get("/help")
def help_page() -> str:
    """What each part of the service is for, in the order of a working day. Open to strangers."""
    return render_template("information/help.html", partnership=accounts.partnership())


@blueprint.get("/privacy")
def privacy() -> str:
    """What is held about people, why, for how long and what they can ask for. Open to strangers."""
    settings = briefings.settings()
    return render_template(
        "information/privacy.html",
        partnership=accounts.partnership(),
        months_kept=settings.months_kept,
        keeps_people=settings.keeps_clicks_of_people,
        # An opening is always somebody's: where nothing of people is kept, none is.
        counts_opens=settings.counts_opens and settings.keeps_clicks_of_people,
    )


@blueprint.get("/accessibility")
def accessibility() -> str:
    """The statement that the accessibility regulations of 2018 ask public bodies for. Open to strangers."""
    return render_template("information/accessibility.html", partnership=accounts.partnership())
