"""Records of every kind in two compartments, for gates that try every address."""

import io
from datetime import date

from app.accounts.queries import person_by_ref
from app.actions.models import Challenge, ExtensionRequest, SignOff
from app.actions.models.evidence import Evidence, EvidenceFile
from app.audit.models import Redaction
from app.clocks.models import ClockPause
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.files.operations import stored_file
from app.core.files.receiving import receive
from app.reviews.models import AuditedCase, PublishedFigure
from tests.support.cases import make_conflict
from tests.support.deaths import make_death, make_return, make_wait
from tests.support.files import PDF
from tests.support.world import make_action, make_evidence, make_lesson, make_recommendation, make_review


def add_file(evidence: Evidence) -> None:
    """A small PDF that stands as evidence."""
    file = stored_file(receive(io.BytesIO(PDF), "minutes.pdf"))
    current_session().add(
        EvidenceFile(
            evidence=evidence,
            version=1,
            file_name="minutes.pdf",
            stored_file=file,
            added_on=evidence.added_on,
        )
    )


def build_thread() -> None:
    """A review of the SCR Sub-Group (R-0001) and one of the QA Sub-Group (R-0002), with their threads.

    L-0001 is a draft, L-0002 cleared, L-0003 published; L-0004 is a draft of the QA Sub-Group. A-0001 to
    A-0004 are Homerton's under the SCR Sub-Group: in progress, draft, sent for sign-off, and with more time
    asked for; A-0005 is Hackney Learning Trust's under the QA Sub-Group. H-0001 and H-0002 are challenges in
    the one case and the other. D-0001 is a child death with everything that belongs to one, D-0002 another in
    which the co-ordinator has a conflict of interest.
    """
    session = current_session()
    first, second = make_review(), make_review(group="qa", caption="Child Y")
    for review in (first, second):
        session.add(AuditedCase(review=review, number=1))
    draft = make_lesson(first)
    make_lesson(first, sharing="cleared")
    make_lesson(first, sharing="published")
    other = make_lesson(second)
    make_recommendation(first)
    session.add(
        PublishedFigure(
            ref="figure-one",
            review=first,
            report_year_start=2016,
            position=1,
            label="Seminars held",
            value="3",
        )
    )
    make_action(draft)
    make_action(draft, status="draft")
    sent = make_action(draft, status="submitted", submitted_on=date(2017, 3, 20))
    add_file(make_evidence(sent))
    sent.sign_offs.append(
        SignOff(
            ref=f"{sent.ref}-S1",
            sent_on=date(2017, 3, 20),
            sent_by=sent.owner,
            what_is_different="Plans are found where they are needed.",
        )
    )
    late = make_action(draft, due_on=date(2017, 3, 16))
    late.extension_requests.append(
        ExtensionRequest(
            ref=f"{late.ref}-X1",
            asked_on=date(2017, 3, 22),
            asked_by=late.owner,
            from_due_on=date(2017, 3, 16),
            new_due_on=date(2017, 4, 7),
            reason_code="approval_cycle",
            interim_safeguard="The old protocol stays in force.",
            decider="board_manager",
        )
    )
    make_action(other, owner="hlt.lead", group="qa")
    for number, review in enumerate((first, second), start=1):
        session.add(
            Challenge(
                ref=f"H-{number:04d}",
                kind="challenge",
                about="Returns are late",
                group=review.group,
                source=review,
                put_to="The chief executive",
                raised_on=date(2017, 3, 1),
            )
        )
    session.add(
        Redaction(
            ref="RD-0001",
            subject_kind="lesson",
            subject_ref=draft.ref,
            source_ref=first.ref,
            field="what_we_learned",
            reason="It names a child.",
            asked_at=machine_now(),
            asked_on=date(2017, 3, 30),
            asked_by_name="Scr member",
        )
    )
    build_deaths()
    session.flush()


def build_deaths() -> None:
    """Two child deaths, the first with a wait, a pause that is asked for, a form owed and a conflict."""
    case = make_death(ecdop_ref="EC-1001", stages={"notified": date(2017, 1, 10)})
    make_wait(case)
    make_return(case, owner=person_by_ref("city.owner"))
    current_session().add(
        ClockPause(source_ref=case.ref, limit_code="panel", paused_on=date(2017, 2, 1), reason="An inquest.")
    )
    make_conflict(case.ref, "csc.lead")
    make_conflict(make_death().ref, "cdop.coordinator")
