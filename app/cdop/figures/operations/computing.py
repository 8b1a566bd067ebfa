"""Computing the figures and what may be shown of them, when their data changed; what was computed is kept.

It is done outside of any transaction, since it may take long: the record is read at one moment, the marks are
decided and proved, and the outcome is written in a short transaction at the end. Any number of schedulers may
ask for it; one that died leaves a claim that lapses.
"""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, or_, select, update

from app.cdop.figures import charts
from app.cdop.figures.document import in_words
from app.cdop.figures.models import FiguresState, FiguresYear, KeptFigures
from app.cdop.figures.queries import counting
from app.cdop.figures.queries import material as made_of
from app.cdop.figures.queries.material import Material
from app.cdop.figures.rules import bases, body, facts, timeliness
from app.cdop.figures.rules.bases import Basis
from app.cdop.figures.rules.counts import (
    TOTAL,
    Atom,
    Grade,
    Mark,
    Shown,
    Statistic,
    Unprotected,
    number,
)
from app.cdop.figures.rules.editions import Standing, stand
from app.cdop.figures.rules.proof import Contradiction
from app.cdop.figures.rules.suppression import suppress
from app.cdop.figures.rules.tables import build, relations
from app.cdop.figures.rules.year_rates import year_rates
from app.core.clock import machine_now, now, today
from app.core.database import current_session
from app.core.patience import with_patience
from app.core.report_year import ReportYear
from app.core.snapshot import snapshot

#: A claim that was not renewed for so long is free.
LEASE = timedelta(minutes=2)
#: How often who computes says how far it is.
_TOLD_EVERY = 1.0

#: Told how much is done, from 0 to 1.
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Computed:
    """What a call came to: whether anything was computed, and why not where it could not be."""

    computed: bool
    problem: str | None = None


@dataclass
class _Made:
    """One basis once it is decided what is shown of it."""

    years: Sequence[ReportYear]
    standing: Standing
    live: Mapping[Atom, int]
    marks: dict[body.Place, Mark] = field(default_factory=dict)

    def full(self, place: body.Place) -> Mark | None:
        """A number as the record has it."""
        return self._sum(place, self.live)

    def published_from(self, place: body.Place) -> Mark | None:
        """A number as it is published from: of a year whose newer counts wait, the older."""
        return self._sum(place, self.standing.counts)

    def _sum(self, place: body.Place, counts: Mapping[Atom, int]) -> Mark | None:
        basis, dimension, value, first, last = place
        years = [str(year) for year in self.years]
        window = years[years.index(first) : years.index(last) + 1]
        return number(sum(counts[Atom(basis, dimension, value, year)] for year in window))


def is_current() -> bool:
    """Whether what is kept is of the data as they are; cheap, and asked by every page."""
    session = current_session()
    kept = session.execute(select(KeptFigures.version)).scalar_one_or_none()
    return kept is not None and kept == made_of.version()


def compute(*, progress: Progress | None = None) -> Computed:
    """Compute the figures anew if what they are made of has changed, and keep them.

    1. Nothing is done while nothing has changed, or while somebody else is at it.
    2. The record is counted at one moment. Where the counts are the same after all, that is noted.
    3. What may be shown is decided and proved, for each basis by itself.
    4. The new figures take the place of the old. Where no safe figures can be made the old ones stay, and a
       sentence says why.
    """
    with snapshot():
        if not _wants_computing():
            return Computed(False)
    claim = secrets.token_hex(16)
    if not with_patience(lambda: _claim(claim)):
        return Computed(False)
    try:
        with snapshot():
            material = made_of.material()
        if with_patience(lambda: _keeps_the_same(material)):
            return Computed(False)
        try:
            tell = _teller(claim, progress)
            made = {basis: _made(basis, material, _part_of(tell, place)) for place, basis in enumerate(Basis)}
        except (Unprotected, Contradiction) as refusal:
            problem = f"The figures cannot be computed: {_in_words(refusal, material)}"
            with_patience(lambda: _note_problem(material.version, problem))
            return Computed(False, problem)
        rows = {start: _year_of(start, material, made) for start in _starts(made)}
        drawn = charts.draw_all({start: shown for start, (shown, _) in rows.items()}, material.labels)
        with_patience(lambda: _keep(material, made, rows, drawn))
        return Computed(True)
    finally:
        with_patience(lambda: _let_go(claim))


def _in_words(refusal: Unprotected | Contradiction, material: Material) -> str:
    if isinstance(refusal, Contradiction):
        return str(refusal)
    return f"“{in_words(material.labels, refusal.statistic)}” is not protected: {refusal.reason}"


def _wants_computing() -> bool:
    session = current_session()
    state = session.execute(select(FiguresState.version, FiguresState.problem_version)).one()
    if state.problem_version == state.version:
        return False
    kept = session.scalars(select(KeptFigures)).one_or_none()
    if kept is None or kept.version != state.version:
        return True
    # Once a day, and when a bulk load went past the models, everything is counted and compared.
    return kept.checked_on < today() or kept.stamp != counting.stamp()


def _claim(claim: str) -> bool:
    moment = machine_now()
    free = or_(FiguresState.claim.is_(None), FiguresState.claimed_at < moment - LEASE)
    statement = update(FiguresState).where(free).values(claim=claim, claimed_at=moment, percent=0)
    return _changed(statement)


def _let_go(claim: str) -> None:
    _changed(update(FiguresState).where(FiguresState.claim == claim).values(claim=None, percent=0))


def _changed(statement: Any) -> bool:
    outcome: Any = current_session().execute(statement.execution_options(synchronize_session=False))
    return bool(outcome.rowcount)


def _keeps_the_same(material: Material) -> bool:
    """Whether what is kept is what would be computed; then only the version moves on."""
    kept = current_session().scalars(select(KeptFigures)).one_or_none()
    if kept is None or kept.digest != material.digest:
        return False
    kept.version, kept.stamp, kept.checked_on = material.version, material.stamp, material.on
    return True


def _note_problem(version: int, problem: str) -> None:
    _changed(update(FiguresState).values(problem=problem, problem_version=version))


def _teller(claim: str, progress: Progress | None) -> Progress:
    """Says how far it is, now and then, and renews the claim by it."""
    told_at = time.monotonic()

    def tell(share: float) -> None:
        nonlocal told_at
        if progress is not None:
            progress(share)
        if time.monotonic() - told_at >= _TOLD_EVERY:
            told_at = time.monotonic()
            values = {"claimed_at": machine_now(), "percent": int(share * 100)}
            with_patience(
                lambda: _changed(update(FiguresState).where(FiguresState.claim == claim).values(**values))
            )

    return tell


def _part_of(tell: Progress, place: int) -> Progress:
    """Tells of one basis as of its part of the whole."""
    return lambda share: tell((place + share) / len(Basis))


def _made(basis: Basis, material: Material, progress: Progress) -> _Made:
    """What may be shown of a basis, held against every earlier issue."""
    shape, years = material.shape(basis), material.span(basis)
    names = [str(year) for year in years]
    live = bases.filled(material.counted[basis].counts, basis, shape, names)

    def relate(of_years: Any) -> Any:
        of_years = list(of_years)
        yield from relations(basis, shape, of_years)
        yield from bases.ties(basis, material.words, of_years)

    standing = stand(
        material.issues[basis],
        live,
        fill=lambda counts, of_years: bases.filled(counts, basis, shape, of_years),
        relate=relate,
    )
    spoken = sorted({atom.year for atom in standing.counts})
    standing.relations += [
        each for each in bases.expected(basis, material.words, spoken) if each.holds(standing.counts)
    ]
    made = _Made(years, standing, live)
    if not years:
        return made
    statistics = build(basis, shape, names).statistics
    keys = {each.key for each in statistics}
    result = suppress(
        standing.counts,
        statistics,
        standing.relations,
        earlier=[*standing.earlier, *_stated_totals(basis, material, standing)],
        overridden=sorted(material.overridden & keys),
        secret=_secret(),
        progress=progress,
    )
    made.marks = {body.place_of(each.parts): result.marks[each.key] for each in statistics}
    return made


def _stated_totals(basis: Basis, material: Material, standing: Standing) -> Iterator[Shown]:
    """The totals of years that were published elsewhere: everybody knows them, as if we had issued them."""
    for first, last, stated in material.stated_totals(basis):
        years = [str(ReportYear(start)) for start in range(first, last + 1)]
        parts = tuple(Atom(basis, TOTAL, "", year) for year in years)
        if all(part in standing.counts for part in parts):
            each = Statistic(f"{basis} · {TOTAL} · stated from {years[0]} to {years[-1]}", parts, Grade.TOTAL)
            if each.of(standing.counts) == stated:
                yield Shown(each, number(stated))


def _secret() -> str:
    """What decoys are drawn by: told to nobody, and the same on every node and at every computing."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, b"decoys of the figures of child deaths", hashlib.sha256).hexdigest()


def _starts(made: Mapping[Basis, _Made]) -> list[int]:
    return sorted({year.start_year for each in made.values() for year in each.years})


def _year_of(
    start: int, material: Material, made: Mapping[Basis, _Made]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is kept of a year: as it is shown, and in full."""
    year = ReportYear(start)
    shapes = {basis.value: material.shape(basis) for basis in Basis}
    spans = {basis.value: [str(each) for each in made[basis].years] for basis in Basis}

    def written(mark_at: Callable[[body.Place], Mark | None]) -> dict[str, Any]:
        numbers = body.write_year(mark_at, shapes, spans, str(year))

        def look(basis: Basis, dimension: str, value: str, of: ReportYear) -> Mark | None:
            name = str(of)
            return mark_at((basis, dimension, value, name, name)) if name in spans[basis] else None

        def deaths(group: str, area: str | None, window: int) -> Mark | None:
            dimension = bases.AGE_GROUP if area is None else bases.AREA_AGE
            value = group if area is None else bases.area_age_value(area, group)
            return body.Numbers(numbers).mark(Basis.DEATHS, dimension, value, window)

        found = facts.facts(year, look, material.stated)
        return {
            "bases": numbers,
            "facts": {name: fact.plain() for name, fact in found.items()},
            "rates": year_rates(year, deaths, material.populations, material.words.areas),
            "illustrative": any(str(year) in each.illustrative for each in material.counted.values()),
        }

    shown = written(lambda place: made[Basis(place[0])].marks.get(place))
    in_full = written(lambda place: made[Basis(place[0])].full(place))
    taken = timeliness.times(material.counted[Basis.REVIEWS].days.get(str(year), []))
    if taken is not None and body.Numbers(shown["bases"]).has(Basis.REVIEWS):
        in_full["times"] = [taken.lower, taken.median, taken.upper]
        is_held_back = str(year) in made[Basis.REVIEWS].standing.held_back
        if not is_held_back and _may_show(taken, body.Numbers(shown["bases"])):
            shown["times"] = list(taken.months)
    met = timeliness.times(material.counted[Basis.REVIEWS].meeting_days.get(str(year), []))
    if met is not None:
        in_full["meeting_times"] = [met.lower, met.median, met.upper]
    in_full["published_from"] = body.write_year(
        lambda place: made[Basis(place[0])].published_from(place), shapes, spans, str(year)
    )
    return shown, in_full


def _may_show(taken: timeliness.Times, shown: body.Numbers) -> bool:
    """Whether the times of a year may stand beside what is shown of it."""
    total, within_6, over_12 = (
        shown.mark(Basis.REVIEWS, dimension, value)
        for dimension, value in (
            (TOTAL, ""),
            (bases.TIME_TAKEN, bases.WITHIN_6),
            (bases.TIME_TAKEN, bases.OVER_12),
        )
    )
    if total is None or within_6 is None or over_12 is None or total.is_hidden:
        return False
    return taken.is_enough and not taken.tells_of_hidden(within_6, over_12)


def _keep(
    material: Material,
    made: Mapping[Basis, _Made],
    rows: Mapping[int, tuple[dict[str, Any], dict[str, Any]]],
    drawn: Mapping[str, str],
) -> None:
    session = current_session()
    for old in session.scalars(select(KeptFigures)):
        session.execute(delete(FiguresYear).where(FiguresYear.kept_id == old.id))
        session.execute(delete(KeptFigures).where(KeptFigures.id == old.id))
    held_back = {basis.value: each.standing.held_back for basis, each in made.items()}
    kept = KeptFigures(
        version=material.version,
        digest=material.digest,
        computed_at=now(),
        extracted_on=material.on,
        checked_on=material.on,
        stamp=material.stamp,
        held_back=json.dumps(held_back),
    )
    session.add(kept)
    session.flush()
    session.add_all(
        FiguresYear(
            kept_id=kept.id,
            report_year_start=start,
            shown=json.dumps(shown),
            in_full=json.dumps(in_full),
        )
        for start, (shown, in_full) in rows.items()
    )
    charts.keep(drawn)
    _changed(update(FiguresState).values(problem=None, problem_version=None))
    session.flush()
