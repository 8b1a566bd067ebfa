"""Every change to an issue while it is written: drafting it, its words, its items, and its end as a draft."""

from app.briefings.composing.operations.issues import brought_again, cancel, change, corrected_by, create
from app.briefings.composing.operations.items import add, add_own, change_item, move, remove
from app.briefings.composing.operations.preparing import Prepared, prepare, prepare_for

__all__ = [
    "Prepared",
    "add",
    "add_own",
    "brought_again",
    "cancel",
    "change",
    "change_item",
    "corrected_by",
    "create",
    "move",
    "prepare",
    "prepare_for",
    "remove",
]
