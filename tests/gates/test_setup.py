"""What the set-up says and does when the machine is not as it should be."""

import ast
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools import check_python
from tools.assets import STAMP, VENDOR, without_branding
from tools.common import ROOT, SetupProblem, got_no_answer
from tools.serve import port_to_serve


def test_an_old_python_can_read_the_check_and_is_told_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Path(check_python.__file__).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 4))
    monkeypatch.setattr(sys, "version_info", (3, 8, 10))
    monkeypatch.setattr(sys, "argv", ["check_python.py", "run"])
    sentence = check_python.problem_with_python()
    assert sentence.startswith("Python 3.11 or newer is needed, and ")
    assert "is 3.8." in sentence
    assert sentence.endswith("make run PYTHON=python3.11")


def test_a_python_without_venv_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_python.problem_with_python() == ""
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert "apt install python3-venv" in check_python.problem_with_python()


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_taken_port_gives_one_sentence_and_status_1(address: str) -> None:
    with socket.create_server((address, 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "tools.serve"],
            cwd=ROOT,
            env=os.environ | {"PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert re.fullmatch(
        rf"Port {port} on 127\.0\.0\.1 is taken or not allowed: .* make run PORT=\d+\n", done.stderr
    )


@pytest.mark.parametrize("wanted", ["http", "0", "65536", "-1", "\u0665\u0660", "50 00"])
def test_what_is_no_port_is_refused_by_name(wanted: str) -> None:
    with pytest.raises(SetupProblem, match=f"PORT is {wanted!r}"):
        port_to_serve(wanted)


@pytest.mark.parametrize(
    ("output", "unreachable"),
    [
        ("NewConnectionError('…: Failed to establish a new connection: [Errno 111]'))", True),
        ("Could not find a version that satisfies the requirement flask==3.1.3 (from versions: none)", True),
        ("npm error code ECONNREFUSED", True),
        ("npm error code EINTEGRITY", False),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", False),
        ("OSError: [Errno 28] No space left on device", False),
    ],
)
def test_an_unreachable_registry_is_told_from_other_failures(output: str, unreachable: bool) -> None:
    assert got_no_answer(output) is unreachable


def test_the_built_stylesheet_loads_nothing_and_carries_no_branding() -> None:
    assert STAMP.is_file()
    (stylesheet,) = VENDOR.glob("*.css")
    css = stylesheet.read_text(encoding="utf-8")
    assert "url(" not in css
    assert "gds transport" not in css.lower()
    assert not [
        file for file in VENDOR.rglob("*") if file.suffix in {".woff", ".woff2", ".svg", ".png", ".ico"}
    ]


def test_a_stylesheet_of_another_make_is_refused_rather_than_branded() -> None:
    with pytest.raises(SetupProblem, match="branding"):
        without_branding("@font-face{font-family:GDS Transport;src:url(/assets/fonts/x.woff2)}body{margin:0}")
