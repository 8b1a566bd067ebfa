"""Every change to the analysis of a death: drafted for the panel, completed by it, opened again.

No line of the trail says a word of what the analysis found; its before and after do.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.accounts.cases.queries import conflicted
from app.accounts.models import Provenance, SourceKind
from app.audit.operations import record
from app.cdop.analysis import queries, rules
from app.cdop.models import CaseFactor, CaseStage, ChildDeathCase, Panel, PanelStatus, Vocabulary
from app.cdop.operations.holding import hold_while_it_goes_on, keep_up
from app.cdop.rules.cases import PANEL, check_reason_for_late
from app.cdop.standing import PATHWAY, clocks_of
from app.clocks import queries as clocks
from app.core import checks, hooks
from app.core.acting import current_actor
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.filters import date_long


def add_factor(
    *,
    case: ChildDeathCase,
    domain: str,
    factor: str,
    relevance: str,
    is_modifiable: bool = False,
    note: str = "",
) -> CaseFactor:
    """Record a factor in its domain, with how far it bore on the death and whether it is modifiable.

    Raises CaseOver, ReviewComplete, FactorNotUsable, NotModifiable.
    """
    _hold_draft(case)
    _check_factor(case, rules.Factor(domain, factor, relevance, is_modifiable), but=None)
    before = content(case)
    made = CaseFactor(
        domain_code=domain,
        factor=factor,
        relevance=relevance,
        is_modifiable=is_modifiable,
        note=note.strip(),
    )
    case.factors.append(made)
    _follow_factors(case)
    _record(case, "child_death.add_factor", f"Added a factor to the analysis of {case.ref}", before)
    return made


def change_factor(
    *, factor: CaseFactor, relevance: str, is_modifiable: bool = False, note: str = ""
) -> CaseFactor:
    """Change how a factor is judged. Raises CaseOver, ReviewComplete, FactorNotUsable, NotModifiable."""
    case = factor.case
    _hold_draft_with(factor)
    judged = rules.Factor(factor.domain_code, factor.factor, relevance, is_modifiable)
    _check_factor(case, judged, but=factor)
    before = content(case)
    factor.relevance, factor.is_modifiable, factor.note = relevance, is_modifiable, note.strip()
    _follow_factors(case)
    _record(case, "child_death.change_factor", f"Changed a factor of the analysis of {case.ref}", before)
    return factor


def remove_factor(*, factor: CaseFactor) -> None:
    """Take a factor off the draft; the trail keeps what it said. Raises CaseOver, ReviewComplete."""
    case = factor.case
    _hold_draft_with(factor)
    before = content(case)
    case.factors.remove(factor)
    current_session().delete(factor)
    _follow_factors(case)
    line = f"Took a factor off the analysis of {case.ref}"
    _record(case, "child_death.remove_factor", line, before)


def conclude(*, case: ChildDeathCase, considered: Sequence[str], conclusion: str | None) -> ChildDeathCase:
    """Write down every category that applies, of which the highest is kept, and the conclusion.

    Raises CaseOver, ReviewComplete, CategoryNotUsable, ConclusionDiffers.
    """
    _hold_draft(case)
    before = content(case)
    _conclude(case, considered, conclusion)
    _record(
        case,
        "child_death.conclude",
        f"Changed the category or the conclusion in the analysis of {case.ref}",
        before,
    )
    return case


def write_learning(*, case: ChildDeathCase, learning: str, good_practice: str) -> ChildDeathCase:
    """Write down what is to be learned and what was done well. Raises CaseOver, ReviewComplete."""
    _hold_draft(case)
    before = content(case)
    case.learning, case.good_practice = learning.strip(), good_practice.strip()
    _record(
        case,
        "child_death.write_learning",
        f"Changed the learning or good practice in the analysis of {case.ref}",
        before,
    )
    return case


def complete_review(
    *,
    case: ChildDeathCase,
    panel: Panel | None,
    on: date,
    reason: str = "",
    considered: Sequence[str] | None = None,
    conclusion: str | None = None,
    is_at_meeting: bool = False,
) -> CaseStage:
    """Record that the panel completed the review on a day: what the analysis says now is what it found.

    The categories and the conclusion are those of the draft, unless the panel chose others. ``reason`` says
    why the review came late, where it did. From here on nothing of the analysis changes until it is opened
    again. A case whose panel is not held here is completed without one; one that is on an agenda here only
    ``is_at_meeting``, which asks whether the panel was quorate.

    Raises CaseOver, ReviewComplete, DayToCome, PanelNotUsable, DecidesWithInterest, CategoryNotUsable,
    ConclusionDiffers, AnalysisIncomplete, ReasonMissing.
    """
    _hold_draft(case)
    rules.check_no_interest(current_actor().person_id, conflicted().get(case.ref, frozenset()))
    checks.day_not_to_come(on, today=today(), field="on")
    if on < case.known_on:
        raise rules.PanelNotUsable("Enter a day on or after the one on which the death became known", "on")
    elsewhere = hooks.decided_elsewhere.ask(SourceKind.CHILD_DEATH, case.id)
    if elsewhere is not None and not is_at_meeting:
        raise rules.PanelNotUsable(elsewhere, "panel")
    _check_panel(case, panel, on)
    before = content(case)
    if considered is not None or conclusion is not None:
        _conclude(
            case,
            queries.considered(case) if considered is None else considered,
            conclusion or case.conclusion,
        )
    rules.check_complete(queries.analysis_of(case))
    stages = clocks.stages(regime_id=case.regime_id, pathway=PATHWAY)
    row = CaseStage(
        stage=next(stage for stage in stages if stage.code == PANEL),
        reached_on=on,
        reason=reason.strip(),
        recorded_by_id=current_actor().person_id,
        recorded_at=machine_now(),
    )
    case.stages.append(row)
    case.panel = panel or case.panel
    keep_up(case)
    check_reason_for_late(clocks_of(case, today()), PANEL, reason)
    _record(
        case,
        "child_death.complete_review",
        f"The panel completed the review of {case.ref} on {date_long(on)}",
        before,
        reason=reason.strip(),
    )
    return row


def reopen_analysis(*, case: ChildDeathCase, reason: str) -> ChildDeathCase:
    """Open the analysis of a completed review again: the panel completes it anew once it is changed.

    That it was complete stays in sight, withdrawn with the reason.

    Raises CaseOver, ReviewNotComplete, DecidesWithInterest, WordsMissing.
    """
    hold_while_it_goes_on(case)
    rules.check_no_interest(current_actor().person_id, conflicted().get(case.ref, frozenset()))
    if case.reviewed_on is None:
        raise rules.ReviewNotComplete(f"The panel has not completed the review of {case.ref}")
    reason = checks.words(reason, "Say why it is opened again", "reason")
    before = content(case)
    for row in case.stages_standing:
        if row.stage.code == PANEL:
            row.withdrawn_on, row.withdrawn_reason = today(), reason
    # It is before that panel no longer, so another may look at it.
    case.panel = None
    keep_up(case)
    line = f"Opened the analysis of {case.ref} again"
    _record(case, "child_death.reopen_analysis", line, before, reason=reason)
    return case


def content(case: ChildDeathCase) -> Mapping[str, Any]:
    """What the analysis says, for the before and after of the audit trail.

    Each factor's note stands under a name of its own, so that a redaction finds what it said before.
    """
    return {
        "factors": {
            each.factor: [each.domain_code, each.relevance, each.is_modifiable]
            for each in sorted(case.factors, key=lambda each: each.factor)
        },
        **{f"note_of_{each.factor}": each.note for each in case.factors if each.note},
        "categories_considered": queries.considered(case),
        "category": case.category,
        "conclusion": case.conclusion,
        "learning": case.learning,
        "good_practice": case.good_practice,
        "panel": case.panel.ref if case.panel else None,
        "reviewed_on": case.reviewed_on,
        "provenance": case.provenance,
    }


def _hold_draft(case: ChildDeathCase) -> None:
    """Keep every other writer from a case that goes on and whose review the panel has not completed.

    Raises CaseOver, ReviewComplete.
    """
    hold_while_it_goes_on(case)
    if case.reviewed_on is not None:
        raise rules.ReviewComplete(
            f"The panel completed this review on {date_long(case.reviewed_on)}. Open the analysis again first"
        )


def _hold_draft_with(factor: CaseFactor) -> None:
    """The same for one of its factors, which nobody took off meanwhile. Raises FactorNotUsable as well."""
    number = factor.id
    _hold_draft(factor.case)
    if all(each.id != number for each in factor.case.factors):
        raise rules.FactorNotUsable("Somebody took this factor off meanwhile")
    current_session().refresh(factor)


def _check_factor(case: ChildDeathCase, judged: rules.Factor, *, but: CaseFactor | None) -> None:
    """Check a factor against the words in use, and against the other factors of the case."""
    held_words = queries.words(case.regime_id)
    held = [] if but is None else [but.factor]
    rules.check_factor(
        judged,
        domains_of={
            code: term.domain_code for code, term in held_words.offered(Vocabulary.FACTOR, held=held).items()
        },
        relevances=held_words.offered(
            Vocabulary.RELEVANCE, held=[] if but is None else [but.relevance]
        ).keys(),
        recorded=[each.factor for each in case.factors if each is not but],
    )


def _conclude(case: ChildDeathCase, considered: Sequence[str], conclusion: str | None) -> None:
    """Set the categories, the one that is kept of them, and the conclusion."""
    held_words = queries.words(case.regime_id)
    # What is offered and what the case holds already, in the order of precedence.
    offered = held_words.offered(Vocabulary.CATEGORY, held=queries.considered(case))
    ordered = rules.in_precedence(considered, list(offered))
    rules.check_conclusion(
        conclusion,
        has_modifiable_factor=any(each.is_modifiable for each in case.factors),
        known=held_words.offered(Vocabulary.CONCLUSION, held=[case.conclusion]).keys(),
    )
    case.categories_considered = " ".join(ordered)
    case.category = rules.category_of(ordered, held_words.precedence)
    case.conclusion = conclusion


def _follow_factors(case: ChildDeathCase) -> None:
    """Let the conclusion of a draft say what its factors say."""
    has_modifiable = any(each.is_modifiable for each in case.factors)
    case.conclusion = rules.conclusion_after(case.conclusion, has_modifiable_factor=has_modifiable)


def _check_panel(case: ChildDeathCase, panel: Panel | None, on: date) -> None:
    """Check that a panel can have reviewed the case on a day. Raises PanelNotUsable."""
    if panel is None:
        return
    if panel.group_id != case.group_id:
        raise rules.PanelNotUsable("This panel belongs to another group than the case", "panel")
    if panel.status == PanelStatus.CANCELLED:
        raise rules.PanelNotUsable("This panel was cancelled", "panel")
    if panel.status != PanelStatus.HELD:
        sentence = "Record first who attended this panel, and with it that it was held"
        raise rules.PanelNotUsable(sentence, "panel")
    if on < panel.meets_on:
        raise rules.PanelNotUsable("Enter the day of the panel or a later one", "on")


def _record(case: ChildDeathCase, verb: str, line: str, before: Mapping[str, Any], **more: Any) -> None:
    """Say in the trail that the analysis changed; what was printed in a report is no longer what it says."""
    if case.provenance == Provenance.PUBLISHED:
        case.provenance = Provenance.RECORDED
    current_session().flush()
    record(
        verb=verb,
        subject=case.audit_subject,
        line=line,
        before=before,
        after={**content(case), **more},
    )
