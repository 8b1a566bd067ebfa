"""Loads the record of app/demo into a database that holds no people yet; does nothing to any other.

Runs in the environment, after the migrations, with the settings that the product will be served under.
"""

import subprocess
import sys

from sqlalchemy import func, select

from app.accounts.models import Person
from app.core.database import current_session
from tools.common import ROOT, SetupProblem, run_script, say
from wsgi import app


def main() -> int:
    """Load the files in the order of their names; raises `SetupProblem` when one is refused."""
    if people():
        return 0
    for file in sorted((ROOT / "app" / "demo").glob("*.json")):
        name = file.relative_to(ROOT)
        say(f"Loading {name} …")
        load = [sys.executable, "-m", "flask", "data", "load", str(file)]
        done = subprocess.run(load, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            say(done.stdout + done.stderr)
            raise SetupProblem(f"{name} was refused.")
    return 0


def people() -> int:
    """How many people the database holds."""
    with app.app_context():
        return current_session().scalar(select(func.count()).select_from(Person)) or 0


if __name__ == "__main__":
    run_script(main)
