"""Every change to the list of readers."""

from app.briefings.subscribers.operations.accounts import (
    choose_for_account,
    keep_in_step,
    keep_some_in_step,
)
from app.briefings.subscribers.operations.changing import (
    AddressNotTaken,
    NotOnTheList,
    add,
    change,
    come_back,
    leave,
    put_back,
    suppress,
    take_off,
)
from app.briefings.subscribers.operations.erasing import (
    HasAnAccount,
    erase,
    erase_due,
    forget_leftovers,
    forget_moved,
    forget_sign_ups,
)
from app.briefings.subscribers.operations.signing_up import (
    LinkNoLongerWorks,
    ask,
    confirm,
    try_again,
    undo,
)

__all__ = [
    "AddressNotTaken",
    "HasAnAccount",
    "LinkNoLongerWorks",
    "NotOnTheList",
    "add",
    "ask",
    "change",
    "choose_for_account",
    "come_back",
    "confirm",
    "erase",
    "erase_due",
    "forget_leftovers",
    "forget_moved",
    "forget_sign_ups",
    "keep_in_step",
    "keep_some_in_step",
    "leave",
    "put_back",
    "suppress",
    "take_off",
    "try_again",
    "undo",
]
