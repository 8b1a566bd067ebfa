"""Every question that a low room asks is answered, for every kind of thing it is asked about."""

from datetime import date

import pytest
from flask import Flask

from app.core import hooks


def test_somebody_answers_every_hook(shared_app: Flask) -> None:
    assert [hook.name for hook in hooks.ALL if not hook.kinds] == []


def test_every_hook_is_listed_where_the_gate_looks() -> None:
    declared = {value.name for value in vars(hooks).values() if isinstance(value, hooks.Hook)}
    assert declared == {hook.name for hook in hooks.ALL}


def test_each_kind_of_message_has_words_a_test_of_truth_and_an_ear_for_failure(shared_app: Flask) -> None:
    assert hooks.message_text.kinds
    assert hooks.message_text.kinds == hooks.still_wanted.kinds == hooks.delivery_failed.kinds


def test_asking_what_nobody_answers_is_a_mistake(shared_app: Flask) -> None:
    with pytest.raises(LookupError, match="nobody answers still_wanted for a rumour"):
        hooks.still_wanted.ask("a rumour", 1, date(2017, 3, 31))
