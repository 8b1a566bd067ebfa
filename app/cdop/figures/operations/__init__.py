"""Every change to figures: computing and issuing them, what is stated beside them, what is overridden."""

from app.cdop.figures.operations.computing import Computed, compute, is_current
from app.cdop.figures.operations.issuing import issue, override, withdraw_override
from app.cdop.figures.operations.stating import (
    add_population,
    add_stated,
    change_population,
    change_stated,
    withdraw_stated,
)

__all__ = [
    "Computed",
    "add_population",
    "add_stated",
    "change_population",
    "change_stated",
    "compute",
    "is_current",
    "issue",
    "override",
    "withdraw_override",
    "withdraw_stated",
]
