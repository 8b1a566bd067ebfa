"""What the repository holds: no address of a package registry, no path of a machine, nothing left undone."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

REGISTRY = re.compile(
    r'"resolved"\s*:\s*"http|index-'
    + r"url|find-"
    + r'links|https?://[^ "]+\.(whl|tgz)|registry\.npm'
    + r"js"
)
UNDONE = re.compile("TO" + "DO|FIX" + "ME|X" + "XX|NotImplemented" + "Error")
MACHINE = re.compile(r"(^|[^a-z.])/(wo" + r"rk|ro" + r"ot|ho" + r"me)/")


def tracked() -> list[Path]:
    """Every text file that git tracks."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name and not name.endswith((".png", ".ico", ".jpg"))]


def findings(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """Where a pattern stands, as file and line."""
    return [
        f"{path.name}:{number}"
        for path in paths
        if path.is_file()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize(
    ("pattern", "suffixes"),
    [(REGISTRY, ()), (UNDONE, (".py", ".html", ".txt")), (MACHINE, ())],
    ids=["registry address", "undone", "machine path"],
)
def test_no_tracked_file_holds(pattern: re.Pattern[str], suffixes: tuple[str, ...]) -> None:
    paths = [path for path in tracked() if not suffixes or path.suffix in suffixes]
    assert findings(pattern, paths) == []


def test_the_gate_sees_an_address(tmp_path: Path) -> None:
    file = tmp_path / "lock.json"
    file.write_text('{"resol' + 'ved": "http' + "://example.org/a.t" + 'gz"}\n')
    assert findings(REGISTRY, [file]) == ["lock.json:1"]
