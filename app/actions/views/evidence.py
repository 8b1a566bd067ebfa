"""Pages of evidence: adding it, a better file, giving it back, withdrawing it, and its files as downloads."""

from flask import Response, abort
from flask.typing import ResponseReturnValue

from app.accounts import guard
from app.actions import operations
from app.actions.forms import EvidenceForm, ReasonForm, ReturnEvidenceForm, UpdateForm, VersionForm
from app.actions.models import Action, Evidence
from app.actions.models.evidence import EvidenceFile
from app.actions.operations import Proof
from app.actions.queries.evidence import action_with_evidence, evidence_file
from app.actions.queries.one import evidence as evidence_of
from app.actions.rules import CLOSED, OPEN, EvidenceKind, Status
from app.actions.rules.entry import Nature
from app.actions.views.blueprint import blueprint, done, page
from app.core.access import access
from app.core.errors import RuleBroken
from app.core.files.receiving import ending_of, store
from app.core.files.refusals import FileRefused
from app.core.files.store import FileMissing, in_chunks
from app.core.files.uploads import takes_files
from app.core.forms import apply_rule, carry_out

#: What a downloaded file may do if a browser should open it after all: nothing.
DOWNLOAD_POLICY = "default-src 'none'; sandbox"


@blueprint.route("/actions/<ref>/evidence", methods=["GET", "POST"])
@access("action.update", action_with_evidence)
@takes_files
def add_evidence(action: Action) -> ResponseReturnValue:
    """Add proof."""
    form = EvidenceForm()
    if form.validate_on_submit():
        try:
            proof = proof_on(form)
            assert proof is not None, "the form asks for what it shows"
            piece = operations.add_evidence(action=action, proof=proof)
        except operations.AlreadyWritten:
            return done(action, f"The evidence is added, once. {next_step(action)}")
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            return done(action, f"Evidence {piece.ref} is added. {next_step(action)}")
    form.file.ask_again()
    return page("evidence.html", action, form, is_closed=Status(action.status) in CLOSED)


@blueprint.route("/actions/<ref>/evidence/<evidence_ref>/file", methods=["GET", "POST"])
@access("action.update", evidence_of)
@takes_files
def add_version(evidence: Evidence) -> ResponseReturnValue:
    """Put a better file beside those that stand as this evidence."""
    form = VersionForm()

    def add() -> None:
        file = form.file.received()
        if file is None:
            raise FileRefused("Choose a file")
        operations.add_version(evidence=evidence, file=file)

    if carry_out(form, add):
        return done(evidence.action, f"The file is added to evidence {evidence.ref}. The earlier ones stay.")
    form.file.ask_again()
    return page("evidence_version.html", evidence.action, form, evidence=evidence)


@blueprint.route("/actions/<ref>/evidence/<evidence_ref>/return", methods=["GET", "POST"])
@access("action.return_evidence", evidence_of)
def return_evidence(evidence: Evidence) -> ResponseReturnValue:
    """Give one piece of evidence back, with the reason."""
    form = ReturnEvidenceForm()
    if carry_out(form, lambda: operations.return_evidence(evidence=evidence, reason=form.reason.data or "")):
        sentence = f"Evidence {evidence.ref} is returned with the reason. The sign-off still waits for you."
        return done(evidence.action, sentence)
    return page("evidence_return.html", evidence.action, form, evidence=evidence)


@blueprint.route("/actions/<ref>/evidence/<evidence_ref>/withdraw", methods=["GET", "POST"])
@access("action.update", evidence_of)
def withdraw_evidence(evidence: Evidence) -> ResponseReturnValue:
    """Withdraw proof that should not have been added."""
    form = ReasonForm()
    if carry_out(
        form, lambda: operations.withdraw_evidence(evidence=evidence, reason=form.reason.data or "")
    ):
        sentence = f"Evidence {evidence.ref} is withdrawn. It stays on the record with the reason."
        return done(evidence.action, sentence)
    return page("withdraw_evidence.html", evidence.action, form, evidence=evidence)


@blueprint.get("/actions/<ref>/evidence/<evidence_ref>/files/<int:version>")
@access("action.read", evidence_file)
def download(file: EvidenceFile) -> Response:
    """One file of a piece of evidence, to be kept rather than opened; recorded as a read."""
    stored, piece = file.stored_file, file.evidence
    if not stored.may_be_downloaded:
        abort(404)
    subject = piece.action.audit_subject
    guard.note_read(subject, f"Downloaded version {file.version} of evidence {piece.ref}")
    try:
        content = store().open(stored.digest)
    except FileMissing:
        # The row is there and the file is not: somebody has to look into the folder of files.
        abort(503)
    # Neutral, whatever the file was called on the machine it came from.
    name = f"{piece.ref}-v{file.version}.{ending_of(stored.media_type)}"
    response = Response(in_chunks(content), mimetype=stored.media_type)
    response.call_on_close(content.close)
    response.content_length = stored.size_bytes
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    return response


def proof_on(form: UpdateForm | EvidenceForm) -> Proof | None:
    """The proof on a form; None where nothing was entered. Raises FileRefused."""
    shows, link = form.shows.data or "", form.link.data
    file = form.file.received()
    if not shows and not link and file is None:
        return None
    kind = EvidenceKind.LINK if link else EvidenceKind.WORDS
    return Proof(kind, shows, link or None, Nature(form.nature.data or Nature.DOCUMENT), file)


def next_step(action: Action) -> str:
    """What comes next, in a sentence."""
    if guard.may("action.send_for_sign_off", action) and Status(action.status) in OPEN:
        if action.evidence_standing:
            return "When the work is done, send it for sign-off."
        return "When the work is done, add proof and send it for sign-off."
    return f"The {action.group.name} sees it here."
