"""What a file with faults leaves, and how its problems are told together."""

from sqlalchemy import select

from app.core.database import current_session
from app.reviews.models import Review
from tests.transfer.documents import action, whole
from tests.transfer.faults import Load


def test_all_faults_of_a_file_are_told_at_once_in_the_order_of_the_file(load: Load) -> None:
    document = whole()
    document["actions"][3]["due_on"] = "31 May"
    document["people"][0]["agency"] = "nowhere"
    document["lessons"][0]["audited_case"] = 7
    document["areas"][0]["size"] = 4
    paths = [problem.path for problem in load(document).problems]
    assert paths == ["areas[0].size", "people[0].agency", "lessons[0].audited_case", "actions[3].due_on"]


def test_a_fault_is_told_once_and_not_again_by_those_who_refer_to_the_record(load: Load) -> None:
    document = whole()
    document["reviews"][0]["caption"] = None
    problems = load(document).problems
    assert [problem.path for problem in problems] == ["reviews[0].caption"]


def test_no_problem_repeats_a_text_of_the_case(load: Load) -> None:
    document = whole()
    story = "What happened to the child. " * 1000
    document["lessons"][0]["what_we_learned"] = story
    document["actions"][0]["title"] = story
    problems = load(document).problems
    assert len(problems) == 2
    assert all(len(problem.value or "") <= 80 for problem in problems)
    assert all("happened" not in problem.problem for problem in problems)


def test_a_file_with_one_fault_leaves_what_was_here_as_it_was(loaded: Load) -> None:
    document = whole()
    document["reviews"][0]["caption"] = "Another name"
    document["actions"].append(action("A-0005", group="nowhere"))
    outcome = loaded(document)
    assert len(outcome.problems) == 1
    assert outcome.updated == {}
    assert current_session().scalar(select(Review.caption).where(Review.ref == "R-0001")) == "Round one"
