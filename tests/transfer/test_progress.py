"""Who loads a large file sees how far it is; who reads the answer by a program sees nothing else."""

import copy
import json
import os
import pty
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from sqlalchemy import func, select

from app.actions.models import Action
from app.core.commands import progress_bar
from app.core.database import current_session
from app.transfer.operations import load_file
from app.transfer.progress import Reached, Step
from app.transfer.queries import sections
from app.transfer.rules.shape import Shapes
from tests.conftest import ROOT
from tests.transfer.documents import Document, whole, whole_with_deaths
from tests.transfer.test_any_mutation import mutate


def file_of(document: Document, folder: Path) -> Path:
    """The document as a file."""
    file = folder / "file.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def test_every_section_is_told_of_in_every_step_and_the_last_word_is_all_of_it(
    app: Flask, tmp_path: Path
) -> None:
    told: list[Reached] = []
    assert load_file(file_of(whole(), tmp_path), told=told.append).problems == []
    named = {(reached.step, reached.section) for reached in told}
    assert named == {(step, section.name) for step in Step for section in sections()}
    shares = [reached.share for reached in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    steps = [list(Step).index(reached.step) for reached in told]
    assert steps[0] == 0
    assert len({share for share, step in zip(shares, steps, strict=True) if step == 0}) > 2, "it moves"


def test_within_a_section_it_is_told_how_far_it_is(app: Flask, tmp_path: Path) -> None:
    told: list[Reached] = []
    document = whole()
    draft = document["actions"][3]
    document["actions"] += [{**draft, "ref": f"A-{number:04d}"} for number in range(10, 60)]
    load_file(file_of(document, tmp_path), told=told.append)
    for step in (Step.READ, Step.CHECK):
        assert sum((each.step, each.section) == (step, "actions") for each in told) > 50
    assert told[-1].share == 1.0


def test_a_file_that_is_refused_is_never_told_to_be_done(app: Flask, tmp_path: Path) -> None:
    told: list[Reached] = []
    document = whole()
    document["actions"][0]["owner"] = "nobody"
    assert load_file(file_of(document, tmp_path), told=told.append).problems
    assert {reached.step for reached in told} == {Step.READ, Step.CHECK}
    assert max(reached.share for reached in told) < 1


@pytest.mark.parametrize("flag", [(), ("--json",)])
def test_on_a_terminal_a_bar_runs_to_the_end_and_with_json_there_is_none(
    app: Flask, tmp_path: Path, process_environment: dict[str, str], flag: tuple[str, ...]
) -> None:
    file = file_of(whole(), tmp_path)
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "flask", "data", "load", str(file), *flag],
        cwd=ROOT,
        env={**process_environment, "TERM": "xterm", "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        timeout=120,
        check=False,
    )
    # What a terminal is sent stays there to be read; nobody writes to it any more.
    os.write(theirs, b"end")
    seen = b""
    while not seen.endswith(b"end"):
        seen += os.read(ours, 65_536)
    os.close(ours)
    os.close(theirs)
    shown = seen.removesuffix(b"end").decode()
    assert done.returncode == 0, shown
    if flag:
        assert shown == ""
        assert done.stdout.count("\n") == 1
        assert json.loads(done.stdout)["created"]["action"] == 4
    else:
        assert "Loading" in shown
        assert "100%" in shown
        assert "created 4 in action\n" in done.stdout
        assert "%" not in done.stdout
    assert current_session().scalar(select(func.count()).select_from(Action)) == 4


def test_away_from_a_terminal_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with click.Context(click.Command("load")), progress_bar("Loading") as move:
        assert move is None
    assert capsys.readouterr() == ("", "")


def test_what_fits_at_a_glance_has_no_fault() -> None:
    shapes, chance = Shapes(sections()), random.Random(7)
    document = whole_with_deaths()
    names = [section.name for section in sections()]
    for name in names:
        for record in document.get(name, ()):
            assert shapes.fits(name, record), f"{name} {record['ref']} needs the slow search"
    values: tuple[Any, ...] = (
        None,
        True,
        0,
        -1,
        1.0,
        1.5,
        "",
        "x" * 20_000,
        "A-0001",
        "2017-02-30",
        "2016/18",
        [],
        {},
        ["a", "a"],
    )
    refused = 0
    for _ in range(1_500):
        changed = copy.deepcopy(document)
        mutate(changed, chance, chance.choice(values))
        for name in names:
            records = changed.get(name)
            for record in records if isinstance(records, list) else ():
                if record not in document[name]:
                    faults = shapes.faults(name, record, name)
                    refused += bool(faults)
                    assert not (shapes.fits(name, record) and faults), faults
    assert refused > 300
