"""The charts of a year's figures: drawn from what is shown, never from what is hidden, and kept by content.

A hidden number has no bar; its mark stands in its place. Each chart stands beside the table it is drawn from.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.cdop.figures.models import FiguresChart
from app.cdop.figures.queries.kept import CHARTS
from app.cdop.figures.rules import bases, body
from app.cdop.figures.rules.bases import BASIS_LABELS, Basis
from app.cdop.figures.rules.counts import Mark
from app.core.database import current_session
from app.core.report_year import ReportYear
from app.core.upsert import insert_new

#: The tables that have a chart of their own, by the name in its address.
OF_A_DIMENSION = {
    "deaths-age_band": (Basis.DEATHS, bases.AGE_BAND),
    "deaths-ethnicity_group": (Basis.DEATHS, bases.ETHNICITY),
    "reviews-category": (Basis.REVIEWS, bases.CATEGORY),
    "reviews-domain": (Basis.REVIEWS, bases.DOMAIN),
}
#: The totals of both bases, year by year.
BY_YEAR = "by-year"
NAMES = (BY_YEAR, *OF_A_DIMENSION)
assert set(NAMES) == set(CHARTS)
#: How many years the chart of years reaches back.
YEARS = 10

_WIDTH, _STEP, _LONGEST_LABEL = 440, 28, 44
#: How wide a letter may come out, in pixels.
_SIGN = 8
#: Both against white: at least 4.5 to 1, and told apart by lightness too.
_COLOURS = {BASIS_LABELS[Basis.DEATHS]: "#12414d", BASIS_LABELS[Basis.REVIEWS]: "#b35c00"}
_INK = "#0b0c0c"


@dataclass(frozen=True)
class Bar:
    """One number of a chart: what it is of, its series, and how it is shown."""

    label: str
    series: str
    mark: Mark

    def plain(self, place: int) -> dict[str, Any]:
        """As the library takes it. The place keeps the order in which it is given."""
        number = 0 if self.mark.is_hidden else self.mark.low
        return {
            "place": place,
            "label": self.label,
            "series": self.series,
            "number": number,
            "words": str(self.mark),
        }


def bars(
    name: str, start: int, years: Mapping[int, Mapping[str, Any]], labels: Mapping[tuple[str, str], str]
) -> list[Bar]:
    """What a chart of a year shows; nothing where the year is not counted."""
    if name == BY_YEAR:
        return [
            Bar(str(ReportYear(each)), BASIS_LABELS[basis], mark)
            for each in sorted(years)
            if start - YEARS < each <= start
            for basis in Basis
            if (mark := body.Numbers(years[each]["bases"]).total(basis)) is not None
        ]
    basis, dimension = OF_A_DIMENSION[name]
    held = years[start]["bases"].get(basis, {}).get("1", {}).get(dimension, {})
    return [
        Bar(labels[dimension, value], BASIS_LABELS[basis], body.read_mark(written))
        for value, written in held.items()
        if (dimension, value) in labels
    ]


def specification(shown: Sequence[Bar]) -> str:
    """The chart in the words of Vega-Lite: lying bars, each with its number or mark beside it."""
    series = list(dict.fromkeys(bar.series for bar in shown))
    values = [bar.plain(place) for place, bar in enumerate(shown)]
    labels = list(dict.fromkeys(bar.label for bar in shown))
    longest = min(max((len(label) for label in labels), default=0), _LONGEST_LABEL)
    axis = {
        "labelLimit": 0,
        "labelExpr": f"length(datum.label) > {_LONGEST_LABEL} "
        f"? slice(datum.label, 0, {_LONGEST_LABEL - 1}) + '…' : datum.label",
        "labelFontSize": 13,
        "labelColor": _INK,
        # The reader's letters may be wider than those it is drawn with.
        "minExtent": longest * _SIGN + 8,
        "title": None,
        "ticks": False,
    }
    along: dict[str, Any] = {"field": "label", "type": "nominal", "sort": labels, "axis": axis}
    encoding: dict[str, Any] = {
        "y": {**along, "scale": {"paddingInner": 0.25}},
        "x": {
            "field": "number",
            "type": "quantitative",
            # Each bar has its number beside it.
            "axis": None,
        },
    }
    if len(series) > 1:
        encoding["yOffset"] = {"field": "series", "sort": series}
    colour = {
        "field": "series",
        "type": "nominal",
        "sort": series,
        "scale": {"domain": series, "range": [_COLOURS[each] for each in series]},
        "legend": {"title": None, "orient": "top", "columns": 1, "labelFontSize": 13, "labelLimit": 0}
        if len(series) > 1
        else None,
    }
    chart = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": _WIDTH,
        "height": _STEP * len(labels) * max(1, len(series)),
        "background": "white",
        "data": {"values": values},
        "encoding": encoding,
        "layer": [
            {"mark": {"type": "bar"}, "encoding": {"color": colour}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 13, "color": _INK},
                "encoding": {"text": {"field": "words"}},
            },
        ],
        "config": {"view": {"stroke": None}, "font": "Arial, Helvetica, sans-serif"},
    }
    return json.dumps(chart)


def digest(wanted: str) -> str:
    """What a chart is kept under: the digest of its specification."""
    return hashlib.sha256(wanted.encode()).hexdigest()


def draw(wanted: str) -> str:
    """The chart as SVG, without style sheets and scripts."""
    # Imported here: it takes long to start, and only charts need it.
    import vl_convert

    return str(vl_convert.vegalite_to_svg(wanted, vl_version="5.20"))


def draw_all(years: Mapping[int, Mapping[str, Any]], labels: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Every chart of these years that is not kept yet, by digest."""
    wanted = {
        digest(text): text
        for start in years
        for name in NAMES
        if (shown := bars(name, start, years, labels))
        for text in [specification(shown)]
    }
    return {key: draw(text) for key, text in wanted.items()}


def keep(drawn: Mapping[str, str]) -> None:
    """Keep charts for the pages that show them."""
    rows = [{"digest": key, "svg": svg} for key, svg in drawn.items()]
    insert_new(current_session(), FiguresChart.metadata.tables["figures_chart"], rows, returning=["digest"])


def kept_or_drawn(wanted: str) -> str:
    """The chart, from what is kept; drawn anew where it is not."""
    statement = select(FiguresChart.svg).where(FiguresChart.digest == digest(wanted))
    return current_session().scalar(statement) or draw(wanted)
