"""Load, dump, load, dump: the same bytes, here and in a fresh database."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask

from app.accounts.queries import person_by_ref
from app.actions import operations as actions
from app.actions.queries import action as find_action
from app.actions.rules.brag import OwnerView
from app.actions.rules.date_changes import Reason
from app.actions.rules.entry import EvidenceKind
from app.actions.rules.sign_off import Decision, ExtensionDecision
from app.core.acting import Actor, acting_as
from app.core.database import current_session
from app.transfer.operations import LoadOutcome, dump_file, load_file
from tests.transfer.documents import DEMONSTRATION, everything

Load = Callable[[Any], LoadOutcome]


def dumped(folder: Path) -> bytes:
    """What a dump holds now."""
    path = folder / "dump.json"
    assert dump_file(path).problems == []
    return path.read_bytes()


def test_a_dump_loads_to_the_same_bytes_again_and_in_a_fresh_database(
    load: Load, start_afresh: Callable[[], None], tmp_path: Path
) -> None:
    assert load(everything()).problems == []
    first = dumped(tmp_path)
    assert load_file(tmp_path / "dump.json").created == {}
    assert dumped(tmp_path) == first
    start_afresh()
    assert load_file(tmp_path / "dump.json").problems == []
    assert dumped(tmp_path) == first


def test_a_dump_holds_what_was_loaded_sorted_and_with_what_is_usual_left_out(
    load: Load, tmp_path: Path
) -> None:
    document = everything()
    document["agencies"][0] |= {
        "is_external": False,
        "other_names": [],
        "provenance": "recorded",
        "source_note": None,
    }
    document["people"].reverse()
    document["agencies"][1]["other_names"].reverse()
    document["people"][1]["roles"].reverse()
    document["actions"][1]["updates"].reverse()
    assert load(document).problems == []
    expected = everything()
    expected["figures"].reverse()
    text = json.dumps(expected, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert dumped(tmp_path).decode() == text


def test_the_demonstration_comes_back_as_its_files_hold_it(app: Flask, tmp_path: Path) -> None:
    files: dict[str, Any] = {}
    for path in sorted(DEMONSTRATION.glob("*.json")):
        assert load_file(path).problems == []
        files |= json.loads(path.read_text(encoding="utf-8"))
    assert dumped(tmp_path).decode() == json.dumps(files, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def test_what_people_did_here_loads_into_a_fresh_database(
    loaded: Load, start_afresh: Callable[[], None], tmp_path: Path
) -> None:
    def by(ref: str) -> Any:
        person = person_by_ref(ref)
        return acting_as(Actor(person.id, person.name))

    with by("nurse"):
        actions.write_update(
            action=find_action("A-0002"),
            words="Going well again.",
            owner_view=OwnerView.ON_TRACK,
            proof=actions.Proof(EvidenceKind.WORDS, "The rota."),
        )
    with by("chair"):
        actions.decide_extension(action=find_action("A-0002"), decision=ExtensionDecision.GRANTED)
        actions.decide_sign_off(
            action=find_action("A-0003"),
            decision=Decision.RETURNED,
            reason="Show that it is used.",
            resubmit_by_on=date(2017, 6, 30),
        )
    with by("nurse"):
        actions.write_update(action=find_action("A-0003"), words="Used.", owner_view=OwnerView.AT_RISK)
        actions.ask_for_more_time(
            action=find_action("A-0003"),
            new_due_on=date(2017, 7, 14),
            reason_code=Reason.AWAITING_AGENCY,
            interim_safeguard="The protocol is read aloud.",
        )
    with by("chair"):
        actions.withdraw_draft(action=find_action("A-0004"), reason="Another action covers it.")
    current_session().commit()
    first = dumped(tmp_path)
    assert b"Going well again." in first
    start_afresh()
    assert load_file(tmp_path / "dump.json").problems == []
    assert dumped(tmp_path) == first
