"""The rules of child death reviews, held against cases of a file: the same that hold on screen."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from sqlalchemy import select

from app.accounts.intake import check_conflicts
from app.cdop.analysis import rules as analysis
from app.cdop.intake.words import check_word, words_of
from app.cdop.models import PanelStatus, Vocabulary
from app.cdop.rules import cases as rules
from app.cdop.standing import PATHWAY
from app.clocks.models import Regime, TimeLimit
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.core.intake import Known, Problem, Record, repeated
from app.reviews.intake import Pathway, check_withdrawal, pathways

#: The fields of a case that hold the code of a term.
_WORDS = {
    "age_band": Vocabulary.AGE_BAND,
    "sex": Vocabulary.SEX,
    "ethnicity_group": Vocabulary.ETHNICITY_GROUP,
    "place": Vocabulary.PLACE,
    "exclusion": Vocabulary.EXCLUSION,
    "category": Vocabulary.CATEGORY,
    "conclusion": Vocabulary.CONCLUSION,
}
_WORDS_OF_A_FACTOR = {
    "domain": Vocabulary.DOMAIN,
    "factor": Vocabulary.FACTOR,
    "relevance": Vocabulary.RELEVANCE,
}


def pathway_of(record: Record, known: Known) -> Pathway | None:
    """The stages of child deaths under the case's regime; None where it is no guidance for them."""
    return pathways(known).get((record["regime"], PATHWAY))


def check_everything_once(record: Record, taken: Mapping[tuple[str, str], str]) -> Iterator[Problem]:
    """A CDOP number and a reference in eCDOP lead to one case, and are written as they are kept."""
    for name in ("cdop_number", "ecdop_ref"):
        if name not in record:
            continue
        if record[name] != rules.kept(record[name]):
            yield record.problem(name, "Write this in capitals, with single blanks")
        holder = taken[name, record[name]]
        if holder != record.ref:
            yield record.problem(name, f"This is already that of {holder}")


def check_case(record: Record, known: Known) -> Iterator[Problem]:
    """Every rule that one case breaks."""
    yield from check_withdrawal(record)
    yield from check_conflicts(record)
    group = known.find("groups", record["group"])
    if group is not None and not group.get("reviews_child_deaths"):
        yield record.problem("group", "This group does not review child deaths")
    pathway = pathway_of(record, known)
    if pathway is None:
        if known.find("regimes", record["regime"]) is not None:
            yield record.problem("regime", "This is no guidance for child deaths")
        return
    for name, vocabulary in _WORDS.items():
        yield from check_word(known, record, name, vocabulary, regime=record["regime"], of="")
    yield from _check_stages(record, pathway, known)
    yield from _check_waits(record, known)
    yield from _check_pauses(record, known)
    yield from _check_analysis(record, known)
    for row in record.get("referrals", ())[1:]:
        yield row.problem("review", f"{record.ref} was referred once already")


def _check_stages(record: Record, pathway: Pathway, known: Known) -> Iterator[Problem]:
    """The stages lie on the pathway, each reached once, from the day the death became known."""
    for row in record.get("stages", ()):
        yield from check_withdrawal(row)
        if row["stage"] not in pathway.stages:
            yield row.problem(
                "stage", f"{record.ref} does not pass this stage; it passes {', '.join(pathway.stages)}"
            )
    standing = [row for row in record["stages"] if "withdrawn_on" not in row]
    for row in repeated(standing, "stage"):
        yield row.problem("stage", f"{record.ref} has reached this stage already")
    quarter_on = date.fromisoformat(record["death_quarter_on"])
    if quarter_on != rules.quarter_of(quarter_on):
        yield record.problem("death_quarter_on", "A quarter is written as its first day, never as another")
    known_on = next((row["reached_on"] for row in standing if row["stage"] == rules.KNOWN), None)
    if known_on is None:
        yield record.problem("stages", "The day on which the death became known is missing")
        return
    began_on = date.fromisoformat(known_on)
    try:
        rules.check_quarter(quarter_on, began_on)
    except RuleBroken as broken:
        yield record.problem("death_quarter_on", broken.sentence)
    yield from _check_order(record.ref, standing, known_on)
    first_on, last_on = _spans(known)[record["regime"]]
    if began_on < first_on or (last_on is not None and began_on > last_on):
        yield record.problem("regime", f"It was not in force when the death became known, on {began_on}")
    reviewed = any(row["stage"] == rules.PANEL for row in standing)
    try:
        rules.check_exclusion(record.get("exclusion"), is_reviewed=reviewed)
    except RuleBroken as broken:
        yield record.problem("exclusion", broken.sentence)
    if reviewed and "exclusion" not in record:
        yield from _check_reviewed(record, known)


def _check_order(ref: str, standing: Iterable[Record], known_on: str) -> Iterator[Problem]:
    """No stage lies before the death became known, and none after the review ended."""
    ended_on = next((row["reached_on"] for row in standing if row["stage"] == rules.CLOSED), None)
    for row in standing:
        if row["reached_on"] < known_on:
            yield row.problem("reached_on", f"{ref}: This comes before the death became known on {known_on}")
        if ended_on is not None and row["reached_on"] > ended_on:
            yield row.problem("reached_on", f"{ref}: This comes after the case was closed on {ended_on}")


def _check_reviewed(record: Record, known: Known) -> Iterator[Problem]:
    """What a panel has reviewed has a category and a conclusion, and the panel has met."""
    for name in ("category", "conclusion"):
        if name not in record:
            yield record.problem(name, "The panel has reviewed this case; say what it decided")
    panel = known.find("panels", record.get("panel"))
    if panel is not None and panel.get("status") != PanelStatus.HELD:
        yield record.problem("panel", "A panel that was not held has reviewed nothing")


def _check_waits(record: Record, known: Known) -> Iterator[Problem]:
    for row in record.get("waits", ()):
        yield from check_word(
            known, row, "reason", Vocabulary.WAITING_ON, regime=record["regime"], of=f"{record.ref}: "
        )
        if row.get("until_on", row["since_on"]) < row["since_on"]:
            yield row.problem("until_on", f"{record.ref}: It ended before it began on {row['since_on']}")
    standing = [row for row in record.get("waits", ()) if "until_on" not in row]
    for row in repeated(standing, "reason"):
        yield row.problem("reason", f"{record.ref} waits on this already")


def _check_pauses(record: Record, known: Known) -> Iterator[Problem]:
    """Only a local clock is paused, and somebody approved it or did not."""
    limits = _limits(known)
    for row in record.get("pauses", ()):
        is_statutory = limits.get((record["regime"], row["limit"]))
        if is_statutory is None:
            yield row.problem("limit", f"{record.ref} has no such time limit")
        elif is_statutory:
            yield row.problem("limit", f"{record.ref}: Guidance sets this time limit: its clock never pauses")
        if row.get("resumed_on", row["paused_on"]) < row["paused_on"]:
            yield row.problem("resumed_on", f"{record.ref}: It ran again before it stopped")
        if ("declined_on" in row) != ("declined_reason" in row):
            yield row.problem("declined_reason", "What was declined has the day and the reason")
        if "declined_on" in row and ("approved_by" in row or "resumed_on" in row):
            yield row.problem("declined_on", f"{record.ref}: What was declined was no pause")


def _check_analysis(record: Record, known: Known) -> Iterator[Problem]:
    """A factor stands in its domain; the category is the first of those considered; the conclusion fits."""
    regime = record["regime"]
    domains = {code: word.domain_code for code, word in words_of(known, Vocabulary.FACTOR, regime).items()}
    for row in record.get("factors", ()):
        wrong = [
            problem
            for name, vocabulary in _WORDS_OF_A_FACTOR.items()
            for problem in check_word(known, row, name, vocabulary, regime=regime, of=f"{record.ref}: ")
        ]
        yield from wrong
        if wrong:
            continue
        factor = analysis.Factor(
            row["domain"], row["factor"], row["relevance"], row.get("is_modifiable", False)
        )
        try:
            analysis.check_factor(factor, domains_of=domains, relevances=[factor.relevance], recorded=())
        except RuleBroken as broken:
            field = broken.field if broken.field in row else "domain"
            yield row.problem(field, f"{record.ref}: {broken.sentence}")
    for row in repeated(record.get("factors", ()), "factor"):
        yield row.problem("factor", f"{record.ref} has this factor already")
    yield from _check_category(record, known)
    # A finished record that comes from elsewhere may have a conclusion alone, as nobody may know the rest.
    if "factors" in record:
        modifiable = any(row.get("is_modifiable") for row in record["factors"])
        try:
            analysis.check_conclusion(
                record.get("conclusion"),
                has_modifiable_factor=modifiable,
                known=words_of(known, Vocabulary.CONCLUSION, regime),
            )
        except RuleBroken as broken:
            yield record.problem("conclusion", broken.sentence)


def _check_category(record: Record, known: Known) -> Iterator[Problem]:
    categories = words_of(known, Vocabulary.CATEGORY, record["regime"])
    considered = record.get("categories_considered", "").split()
    try:
        first = analysis.category_of(considered, list(categories))
    except RuleBroken:
        yield record.problem("categories_considered", f"This must be some of: {' '.join(categories)}")
        return
    if first is not None and record.get("category", first) != first:
        yield record.problem("category", f"Of the categories considered the first in their order is {first}")


def _spans(known: Known) -> dict[str, tuple[date, date | None]]:
    """The first and the last day of every regime, by its code."""
    if "regime_spans" not in known.notes:
        asked = select(Regime.code, Regime.in_force_from, Regime.in_force_until)
        known.notes["regime_spans"] = {row[0]: (row[1], row[2]) for row in current_session().execute(asked)}
    spans: dict[str, tuple[date, date | None]] = known.notes["regime_spans"]
    return spans


def _limits(known: Known) -> dict[tuple[str, str], bool]:
    """Whether guidance sets a time limit, by the codes of its regime and of itself."""
    if "time_limits" not in known.notes:
        asked = select(Regime.code, TimeLimit.code, TimeLimit.is_statutory).join(TimeLimit.regime)
        found: dict[tuple[str, str], bool] = {}
        for regime, limit, is_statutory in current_session().execute(asked):
            # A limit that was ever local may have been paused.
            found[regime, limit] = found.get((regime, limit), True) and is_statutory
        known.notes["time_limits"] = found
    limits: dict[tuple[str, str], bool] = known.notes["time_limits"]
    return limits
