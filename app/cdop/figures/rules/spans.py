"""Which report years a basis counts."""

from collections.abc import Callable, Iterable, Sequence

from app.core.report_year import ReportYear

#: No further back, so that what is computed stays within bounds; what was issued of older years stays public.
MOST_YEARS = 20


def span(
    start_years: Iterable[int],
    stated: Iterable[tuple[int, int]],
    number_in: Callable[[int], int],
    present: ReportYear,
) -> Sequence[ReportYear]:
    """The years from the first that is counted in full up to the present one, without a gap.

    A record that began in the middle holds some cases of earlier years, not all. Where more were ``stated``
    (year and number) than are held, the year is not counted here; counting begins after it.
    """
    held = [start for start in start_years if start <= present.start_year]
    if not held:
        return ()
    after = [start + 1 for start, number in stated if start >= min(held) and number > number_in(start)]
    first = max([min(held), present.start_year - MOST_YEARS + 1, *after])
    return [ReportYear(start) for start in range(first, present.start_year + 1)]
