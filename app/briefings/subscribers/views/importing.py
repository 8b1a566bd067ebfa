"""Adding readers from a file: checked first, then taken."""

from typing import IO

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer

from app.accounts.guard import person
from app.briefings.subscribers.forms import ImportForm, TakeForm
from app.briefings.subscribers.importing import operations
from app.briefings.subscribers.importing.operations import Outcome
from app.briefings.subscribers.importing.sheet import NotUsable
from app.briefings.subscribers.views.blueprint import blueprint
from app.core.access import access
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.core.files.operations import let_go
from app.core.files.receiving import store
from app.core.files.store import FileMissing
from app.core.files.uploads import takes_files
from app.core.filters import plural
from app.core.forms import apply_rule, carry_out
from app.core.transactions import apart

#: A list that was checked is taken within half a day, or checked once more: nobody's names wait for longer.
_KEPT_SECONDS = 43_200
#: How many faults a page shows.
_MOST_SHOWN = 200


@blueprint.route("/subscribers/import", methods=["GET", "POST"])
@access("subscriber.change")
@takes_files
def check_import() -> ResponseReturnValue:
    """Check a list, and say what would become of each row; nothing is added yet."""
    form = ImportForm()
    if form.validate_on_submit():
        try:
            return _checked(form)
        except RuleBroken as refused:
            apply_rule(form, refused)
    form.file.ask_again()
    page = render_template("briefings/subscribers/import.html", form=form)
    return page, 422 if form.is_submitted() else 200


def _checked(form: ImportForm) -> str:
    received = form.file.received()
    if received is None:
        raise NotUsable("Choose the file with the list")
    store().leave_after(received.digest, _KEPT_SECONDS)
    basis, who = form.basis_stated.data or "", person().id
    outcome = _outcome(received.digest, received.media_type)
    take = TakeForm(formdata=None)
    take.checked.data = str(_serializer().dumps([received.digest, received.media_type, basis, who]))
    return render_template(
        "briefings/subscribers/checked.html",
        form=take,
        outcome=outcome,
        faults=outcome.faults[:_MOST_SHOWN],
        basis=basis,
    )


@blueprint.post("/subscribers/import/take")
@access("subscriber.change")
def take_import() -> ResponseReturnValue:
    """Add the good rows of a list that was checked."""
    form = TakeForm()
    taken: list[Outcome] = []

    def take() -> None:
        digest, media_type, basis = _of_own_list(form.checked.data or "")
        taken.append(operations.take(_outcome(digest, media_type), basis_stated=basis))
        # The list of people is needed no more.
        let_go(digest)

    if carry_out(form, take):
        flash(f"{plural(taken[0].added, 'reader')} added. They get the next issue.")
        return redirect(url_for("subscribers.index"))
    flash("Nothing was added: the list is no longer here. Choose it once more.", "warning")
    return redirect(url_for("subscribers.check_import"))


def _of_own_list(checked: str) -> tuple[str, str, str]:
    """What the same person checked not long ago: the list and its basis. Raises NotUsable."""
    try:
        digest, media_type, basis, who = _serializer().loads(checked, max_age=_KEPT_SECONDS)
    except BadData:
        raise NotUsable("Choose the file with the list") from None
    if who != person().id:
        raise NotUsable("Choose the file with the list")
    return digest, media_type, basis


def _outcome(digest: str, media_type: str) -> Outcome:
    """What would become of the rows of a file that was taken in.

    Ends the transaction at hand, and keeps no writer waiting: to read and look up takes long.
    """
    current_session().rollback()
    try:
        file: IO[bytes] = store().open(digest)
    except FileMissing:
        raise NotUsable("Choose the file with the list") from None
    with file:
        found = operations.read(file, media_type)
    with apart(reading=True):
        return operations.check(found)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="checked-list")
