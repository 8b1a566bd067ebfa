"""Loads the record of app/demo into a database that holds no people yet, and goes on where that broke off.

Does nothing to any other. Runs in the environment, after the migrations, with the settings that the product
will be served under.
"""

import json
from pathlib import Path

from sqlalchemy import func, select

from app.accounts.models import Person
from app.accounts.models.structures import Partnership
from app.actions.models import Action
from app.actions.models.challenges import Challenge
from app.briefings.models import BriefingIssue
from app.cdop.models import ChildDeathCase
from app.core.database import Base, current_session
from app.lessons.models import Lesson
from app.reviews.models import Review
from app.transfer.operations import load_file
from tools.common import ROOT, SetupProblem, run_script, say
from wsgi import app

#: What a database holds once a file of the record is loaded, which it is whole or not at all.
MARKS: dict[str, type[Base]] = {
    "01-partnership.json": Partnership,
    "02-people.json": Person,
    "03-reviews.json": Review,
    "04-lessons.json": Lesson,
    "05-actions.json": Action,
    "06-challenges.json": Challenge,
    "07-child-deaths.json": ChildDeathCase,
    "08-briefings.json": BriefingIssue,
}


def main() -> int:
    """Load the files that are not loaded yet; raises `SetupProblem` when one is refused."""
    for file in missing():
        name = file.relative_to(ROOT)
        say(f"Loading {name} …")
        # A process for each would spend ten times as long on its imports as on the file.
        with app.app_context():
            problems = load_file(file).problems
        for problem in problems:
            say(f"{problem.path}: {problem.problem}")
        if problems:
            raise SetupProblem(f"{name} was refused.")
    return 0


def missing() -> list[Path]:
    """The files of the record that are to be loaded: none into a database that holds somebody else's."""
    files = sorted((ROOT / "app" / "demo").glob("*.json"))
    ours = json.loads(files[0].read_text(encoding="utf-8"))["partnership"][0]["ref"]
    with app.app_context():
        session = current_session()
        partnership = session.scalar(select(Partnership.ref))
        if partnership != ours and (partnership or session.scalar(select(func.count()).select_from(Person))):
            return []
        counted = select(func.count())
        return [file for file in files if not session.scalar(counted.select_from(MARKS[file.name]))]


if __name__ == "__main__":
    run_script(main)
