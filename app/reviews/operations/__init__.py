"""Every change to reviews and their parts."""

from app.reviews.operations.parts import (
    add_audited_case,
    add_figure,
    change_audited_case,
    change_figure,
    withdraw_audited_case,
    withdraw_figure,
)
from app.reviews.operations.reviews import (
    change_review,
    create_referred,
    create_review,
    record_stage,
    withdraw_review,
    withdraw_stage,
)

__all__ = [
    "add_audited_case",
    "add_figure",
    "change_audited_case",
    "change_figure",
    "change_review",
    "create_referred",
    "create_review",
    "record_stage",
    "withdraw_audited_case",
    "withdraw_figure",
    "withdraw_review",
    "withdraw_stage",
]
