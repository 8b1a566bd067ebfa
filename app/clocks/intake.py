"""Regimes as records of a file refer to them. They belong to the installation and stand in no file."""

from app.clocks.models import Regime
from app.core.intake import Field, Section, Shape


class RegimeSection(Section):
    """Regimes by their codes."""

    name = "regimes"
    kind = "regime"
    model = Regime
    ref_column = "code"
    is_small = True
    shape = Shape((Field("ref", column="code"),))
