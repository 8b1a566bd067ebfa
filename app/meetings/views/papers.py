"""The papers of a panel: sending them, making one for whoever may not have the others, and reading them."""

from flask import Response, abort
from flask.typing import ResponseReturnValue

from app.accounts.guard import note_read, person
from app.accounts.models import SourceKind
from app.audit.operations import Subject
from app.core.access import access
from app.core.errors import RuleBroken
from app.core.files.receiving import store
from app.core.files.store import FileMissing, in_chunks
from app.core.forms import TrackerForm, carry_out
from app.meetings import operations, queries
from app.meetings.models import MeetingPaper
from app.meetings.queries import Sitting
from app.meetings.rules.agenda import in_hours
from app.meetings.views.blueprint import agenda_of, blueprint, page_inside

#: What a downloaded file may do if a browser should open it after all: nothing.
DOWNLOAD_POLICY = "default-src 'none'; sandbox"


@blueprint.route("/panels/<ref>/send", methods=["GET", "POST"])
@access("meeting.change", queries.sitting)
def send(held: Sitting) -> ResponseReturnValue:
    """Freeze the agenda and send its papers, after a last look at both."""
    form = TrackerForm()
    if carry_out(form, lambda: operations.send_papers(panel=held.panel)):
        return agenda_of(
            held.panel, "The papers are made and kept. Everybody asked who has an account is told by mail."
        )
    conflicts = queries.conflicts_in(held.items)
    names = queries.names_asked(held)
    return page_inside(
        "send.html",
        held.panel,
        form,
        held=held,
        lines=queries.lines(held, person().facts),
        length=in_hours(held.minutes),
        apart=[names[number] for number in conflicts if number in names],
    )


@blueprint.post("/panels/<ref>/papers/for/<person_ref>")
@access("meeting.change", queries.paper_of)
def make_paper_for(asked: queries.PaperOf) -> ResponseReturnValue:
    """Make the papers for somebody whose conflict of interest was declared after they were sent."""
    try:
        operations.make_paper_for(panel=asked.held.panel, person=asked.person)
    except RuleBroken as error:
        return agenda_of(asked.held.panel, error.sentence, "warning")
    return agenda_of(asked.held.panel, f"The papers for {asked.person.name} are made.")


@blueprint.get("/panels/<ref>/papers/<int:number>")
@access("meeting.read", queries.paper)
def download(paper: MeetingPaper) -> Response:
    """A paper as it was sent, recorded as a read; closed to whoever has a conflict in what it tells of."""
    stored, ref = paper.stored_file, paper.meeting.panel.ref
    if not queries.is_open_to(paper, person().facts) or not stored.may_be_downloaded:
        abort(404)
    what = f"{paper.kind}-v{paper.version}"
    line = f"Downloaded the {paper.kind} of {ref}, version {paper.version}"
    note_read(paper.audit_subject, line)
    for case_ref in sorted(paper.tells_of):
        note_read(Subject(SourceKind.CHILD_DEATH, case_ref, case_ref), f"{line}, which tell of {case_ref}")
    try:
        content = store().open(stored.digest)
    except FileMissing:
        # The row is there and the file is not: somebody has to look into the folder of files.
        abort(503)
    response = Response(in_chunks(content), mimetype=stored.media_type)
    response.call_on_close(content.close)
    response.content_length = stored.size_bytes
    response.headers["Content-Disposition"] = f"attachment; filename={ref}-{what}.pdf"
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    return response
