"""A child's death, walked from its notification to the end of its review by role, under each regime."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, update

from app.core.installation import Installation
from tests.e2e.conftest import Demonstration, wait_for
from tests.e2e.mail import check_nothing_leaked, inbox, words
from tests.e2e.pages import fill_and_send, main, next_day, status

#: What is typed in the stories, none of which may leave in a mail or stand in what the servers print.
SEEN = "The crossing has no lights where the bus stops"
LEARNED = "Ask about the way to school wherever a child is seen"
NOT_OURS = "Never a patient of this hospital"
LET_OFF = "They looked in both of their systems"
TYPED = (SEEN, LEARNED, NOT_OURS, LET_OFF)


@dataclass(frozen=True)
class Death:
    """A death that was logged, as the co-ordinator has it before her."""

    page: Page
    ref: str
    number: str
    ecdop_ref: str

    @property
    def path(self) -> str:
        """The page of its review."""
        return f"/child-deaths/{self.ref}"

    def reached(self, stage: str, on: date) -> None:
        """Record that its review reached a stage."""
        fill_and_send(self.page, f"{self.path}/stages", "Record stage", stage=stage, reached_on=boxes(on))


def boxes(day: date) -> tuple[str, str, str]:
    """A day as a form asks for it."""
    return str(day.day), str(day.month), str(day.year)


def log(page: Page, *, on: date, regime: str, clock: str) -> Death:
    """Log a death that became known two days before; the guidance of its day holds, and its clock runs."""
    known_on = on - timedelta(days=2)
    number, ecdop_ref = f"HC{on.year}/91", f"DEMO-{on.year}-91"
    fill_and_send(
        page,
        "/child-deaths/new",
        "Log the death",
        cdop_number=number,
        ecdop_ref=ecdop_ref,
        known_on=boxes(known_on),
        notified_on=boxes(known_on + timedelta(days=1)),
        quarter=date(on.year, (on.month - 1) // 3 * 3 + 1, 1).isoformat(),
        age_band="10_14_years",
        sex="female",
        ethnicity_group="mixed",
        area="city-of-london",
        place="public_place",
        expectedness="unexpected",
        joint_agency_response="tick",
    )
    expect(main(page)).to_contain_text(f"logged under “{regime}”")
    expect(main(page)).to_contain_text(clock)
    return Death(page, page.url.rpartition("/")[2], number, ecdop_ref)


def ask(death: Death, *agencies: tuple[str, str], form: str) -> list[str]:
    """Ask agencies, by account and short name, what they know; where each answers."""
    path = f"{death.path}/returns/ask"
    fill_and_send(death.page, path, "Ask", agencies=[ref for ref, _ in agencies], forms=[form])
    rows = main(death.page).locator("tbody tr")
    links = [
        rows.filter(has_text=name).get_by_role("link", name=re.compile(r"N-\d+")) for _, name in agencies
    ]
    return [str(link.first.get_attribute("href")) for link in links]


def analyse(death: Death, *, relevances: int) -> None:
    """Draft the analysis: a modifiable factor, of two categories the higher, the conclusion that follows."""
    page, path = death.page, f"{death.path}/analysis"
    factor = f"{path}/domains/C/factors/new"
    page.goto(factor)
    expect(main(page).locator("[name='relevance']")).to_have_count(relevances)
    fill_and_send(page, factor, "Add factor", factor="road", relevance="2", is_modifiable="tick", note=SEEN)
    fill_and_send(page, f"{path}/conclusion", "Save", categories=["6", "3"])
    fill_and_send(page, f"{path}/learning", "Save", learning=LEARNED)
    expect(main(page)).to_contain_text("Trauma and other external factors")
    expect(main(page)).to_contain_text("Modifiable factors identified")


def send_to_panel(death: Death, *, on: date) -> str:
    """Plan a panel with the death on its agenda, and send its papers; where the agenda is."""
    death.reached("ready", on)
    page = death.page
    fill_and_send(
        page, "/panels/new", "Plan panel", meets_on=boxes(on), panel_kind="general", cases=[death.ref]
    )
    agenda = page.url
    fill_and_send(page, agenda.replace("/agenda", "/send"), "Send the papers")
    expect(main(page)).to_contain_text("The papers are made and kept")
    return agenda


def hold(page: Page, agenda: str, *stood_for: str) -> None:
    """Record that everybody came, and who stood for each of the professions that have to be there."""
    page.goto(agenda.replace("/agenda", "/attendance"))
    for each in main(page).get_by_label("Attended", exact=True).all():
        each.check()
    for place, who in enumerate(stood_for):
        main(page).locator(f"[name='part_{place}']").select_option(who)
    main(page).get_by_role("button", name="Record attendance").click()


def close(death: Death, *, on: date) -> None:
    """Send it on, tell the family, and close it: no sooner, as the page says."""
    page = death.page
    page.goto(f"{death.path}/close")
    expect(main(page)).to_contain_text("Feedback to the family is not recorded")
    expect(main(page).get_by_role("button", name="Close the case")).to_have_count(0)
    death.reached("submitted", on)
    fill_and_send(page, f"{death.path}/feedback", "Save", role="Bereavement nurse", feedback_on=boxes(on))
    fill_and_send(page, f"{death.path}/close", "Close the case")
    expect(main(page)).to_contain_text("Closed on")


def check_no_faults(*pages: Page) -> None:
    """No page found fault with what it was sent, but that some are closed to whoever asked."""
    for page in pages:
        assert [fault for fault in page.faults if "404" not in fault] == []  # type: ignore[attr-defined]


def test_a_death_under_the_guidance_of_2008_from_the_first_mail_to_what_it_teaches(
    story: Demonstration, open_as: Callable[..., Page]
) -> None:
    coordinator = open_as(story, "cdop.coordinator")
    death = log(
        coordinator,
        on=date(2017, 3, 31),
        regime="Child death reviews, 2008 to 2019",
        clock="Review by the panel: 182 days left",
    )
    of_lead, of_hospital = ask(death, ("hackney-learning-trust", "HLT"), ("homerton", "Homerton"), form="b5")

    # On the next working day the one message asks for it; the lead answers from it, on a phone.
    next_day(coordinator)
    today = date(2017, 4, 3)
    wait_for(lambda: any(of_lead[-6:] in words(mail) for mail in inbox(story, "hlt.lead")), 60)
    lead = open_as(story, "hlt.lead", width=320)
    lead.goto(of_lead)
    expect(main(lead)).to_contain_text(death.ecdop_ref)
    main(lead).get_by_role("button", name="Save", exact=True).click()
    expect(main(lead)).to_contain_text("Thank you")
    assert status(lead, death.path) == 404

    # Another agency has nothing to say, and whoever asked lets it off.
    hospital = open_as(story, "homerton.lead")
    fill_and_send(hospital, f"{of_hospital}/not-for-us", "Say that it is not for us", reason=NOT_OURS)
    fill_and_send(coordinator, f"{of_hospital}/waive", "Waive it", reason=LET_OFF)

    death.reached("rapid_response", today)
    analyse(death, relevances=5)
    agenda = send_to_panel(death, on=today)
    chair = open_as(story, "cdop.chair")
    chair.goto(agenda)
    with chair.expect_download() as started:
        chair.get_by_role("link", name="Read the papers").click()
    assert started.value.path().read_bytes().startswith(b"%PDF")

    hold(coordinator, agenda, "cdop.chair", "ccg.member", "csc.member", "cait.member")
    expect(main(coordinator)).to_contain_text("was quorate")
    decided = f"{agenda}/{death.ref}"
    fill_and_send(coordinator, f"{decided}/complete", "Complete the review", note="Agreed by all.")
    fill_and_send(
        coordinator,
        f"{decided}/learning",
        "Save as a draft",
        whose="panel",
        heading="The way to school",
        what_we_learned="A crossing without lights is dangerous.",
    )
    fill_and_send(coordinator, agenda.replace("/agenda", "/minutes/close"), "Close the minutes")

    # The board manager reads what the panel teaches, and nothing of the death or of the meeting.
    manager = open_as(story, "board.manager")
    assert status(manager, agenda.removesuffix("/agenda")) == 200
    expect(main(manager)).to_contain_text("The way to school")
    expect(main(manager)).not_to_contain_text(death.ref)
    assert [status(manager, closed) for closed in (death.path, agenda)] == [404, 404]

    close(death, on=today)
    check_no_faults(coordinator, lead, hospital, chair, manager)
    check_nothing_leaked(story, *TYPED, death.number, death.ecdop_ref)


def test_a_death_under_the_guidance_of_2018_with_a_serious_incident_and_a_panel_that_lacks_somebody(
    story: Demonstration, open_as: Callable[..., Page]
) -> None:
    today = date(2019, 9, 6)
    engine = create_engine(story.database_url)
    with engine.begin() as line:
        line.execute(update(Installation).values(demonstration_on=today))
    engine.dispose()
    coordinator = open_as(story, "cdop.coordinator")
    death = log(
        coordinator,
        on=today,
        regime="Child death review guidance 2018",
        clock="Child death review meeting: 89 days left",
    )
    (of_lead,) = ask(death, ("hackney-learning-trust", "HLT"), form="road_traffic")
    lead = open_as(story, "hlt.lead")
    lead.goto(of_lead)
    main(lead).get_by_role("button", name="Save", exact=True).click()
    expect(main(lead)).to_contain_text("Thank you")

    # Neglect is suspected: the sub-group that decides sees that it was referred, and not from which death.
    fill_and_send(coordinator, f"{death.path}/refer", "Refer it", group="scr")
    opened = re.search(r"R-\d+(?= was opened for it)", main(coordinator).inner_text())
    assert opened
    decides = open_as(story, "scr.chair")
    assert status(decides, f"/reviews/{opened[0]}") == 200
    expect(main(decides)).to_contain_text("Referred from child death review.")
    expect(main(decides)).not_to_contain_text(death.ref)
    assert status(decides, death.path) == 404

    for stage in ("joint_agency_response", "cdrm"):
        death.reached(stage, today)
    analyse(death, relevances=3)
    agenda = send_to_panel(death, on=today)
    # Nobody of the police: the chair says why the panel decides.
    hold(coordinator, agenda, "cdop.chair", "ccg.member", "csc.member")
    expect(main(coordinator)).to_contain_text("Nobody attended for: Police.")
    chair = open_as(story, "cdop.chair")
    why = agenda.replace("/agenda", "/without-quorum")
    fill_and_send(chair, why, "Let the panel decide", reason="The police wrote before.")
    fill_and_send(coordinator, f"{agenda}/{death.ref}/complete", "Complete the review")

    close(death, on=today)
    check_no_faults(coordinator, lead, decides, chair)
    check_nothing_leaked(story, *TYPED, death.number, death.ecdop_ref)
