"""Pages of "We discussed this": the short form, with and without an account, and the list of receipts."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports
from app.accounts import queries as accounts
from app.accounts.guard import may, person
from app.accounts.models import Agency
from app.accounts.signing_in import throttle
from app.briefings import queries as briefings
from app.briefings.models import BriefingIssue, CascadeReceipt
from app.briefings.results import links, rules
from app.briefings.results.links import Purpose
from app.briefings.results.queries import counting
from app.briefings.results.receipts import operations, queries
from app.briefings.results.receipts.export import COLUMNS, MARKING
from app.briefings.results.receipts.forms import (
    OpenReceiptForm,
    OwnReceiptForm,
    ReaderReceiptForm,
    ReceiptFilterForm,
    ReceiptForm,
    WithdrawManyForm,
)
from app.briefings.results.receipts.queries import Filters
from app.briefings.results.scope import agencies_of
from app.briefings.results.views.blueprint import blueprint, may_read, not_ours
from app.core.access import access
from app.core.clock import today
from app.core.filters import plural
from app.core.forms import carry_out
from app.reviews.forms import WithdrawForm

#: What is tried, for the count of attempts.
_WHAT = "receipt"


@blueprint.route("/discussed", methods=["GET", "POST"])
@access("receipt.give")
def discussed() -> ResponseReturnValue:
    """Say without an account that a team discussed an issue, by a link that the issue's key signed.

    The link that an agency's lead got names the agency; by the one that every reader got it is chosen.
    Nothing of the issue stands on the page but its reference where the archive is for members only.
    """
    link = request.args.get("link", "")
    opened = _opened(link)
    if opened is None:
        return not_ours()
    issue, agency = opened
    if (over := over_for_strangers(issue)) is not None:
        return over
    if "thanks" in request.args and request.method == "GET":
        return render_template(
            "briefings/results/thanks.html",
            issue=issue,
            agency=agency,
            may_read=may_read(),
            again=url_for("results.discussed", link=link),
        )
    form = _open_form(agency)
    thanks = redirect(url_for("results.discussed", link=link, thanks=1))

    def give() -> None:
        if form.website.data:
            return
        # Counted before anything is looked at; it ends the transaction at hand.
        throttle.check_may_send(_WHAT, about=f"{issue.ref} {agency.ref}" if agency else issue.ref)
        _give(form, issue, agency or _chosen(form))

    if carry_out(form, give):
        return thanks
    html = render_template(
        "briefings/results/discussed.html", form=form, issue=issue, agency=agency, may_read=may_read()
    )
    return html, 422 if form.is_submitted() else 200


@blueprint.route("/briefings/<ref>/discussed", methods=["GET", "POST"])
@access("receipt.give", briefings.issue_that_is_out)
def discuss(issue: BriefingIssue) -> ResponseReturnValue:
    """Say, signed in, that a team discussed an issue: one of one's own agency; editors for any agency."""
    agencies = {agency.ref: agency for agency in _agencies_to_speak_for()}
    form = OwnReceiptForm(data={"discussed_on": today(), "agency": _only(list(agencies))})
    form.agency.offer({ref: agency.name for ref, agency in agencies.items()})
    if carry_out(form, lambda: _give(form, issue, agencies[form.agency.data or ""])):
        flash("Thank you. Your discussion is recorded, and counts in the results of this briefing.")
        return redirect(url_for("archive.issue", ref=issue.ref))
    html = render_template("briefings/results/discuss.html", form=form, issue=issue)
    return html, 422 if form.is_submitted() else 200


@blueprint.get("/briefings/receipts")
@access("briefing.results")
def receipts() -> str:
    """What teams say they discussed; a lead sees those of their own agency."""
    form = _filters()
    filters = _asked(form)
    return render_template(
        "briefings/results/receipts.html",
        form=form,
        applied=form.applied(),
        page=queries.listing(
            person().facts,
            filters,
            sort=request.args.get("sort", "discussed"),
            after=request.args.get("after"),
            before=request.args.get("before"),
        ),
        total=queries.count(person().facts, filters),
        only_own=agencies_of(person().facts) is not None,
    )


@blueprint.get("/briefings/receipts/export")
@access("briefing.results")
def export_receipts() -> ResponseReturnValue:
    """The list as a file, narrowed and sorted as it is on the page."""
    form = _filters()
    return exports.export(
        name="Receipts of briefings",
        file_name="briefing-receipts",
        columns=COLUMNS,
        rows=queries.in_full(person().facts, _asked(form), sort=request.args.get("sort", "discussed")),
        applied=form.applied(),
        marking=MARKING,
        list_url=url_for("results.receipts"),
    )


@blueprint.route("/briefings/receipts/<ref>/withdraw", methods=["GET", "POST"])
@access("receipt.withdraw", queries.receipt)
def withdraw_receipt(receipt: CascadeReceipt) -> ResponseReturnValue:
    """Withdraw a receipt with a reason: it was given by mistake, or not by a team of the agency."""
    form = WithdrawForm()
    if carry_out(form, lambda: operations.withdraw(receipt=receipt, reason=form.reason.data)):
        flash(f"{receipt.ref} is withdrawn, and counts nowhere any more.")
        return redirect(url_for("results.receipts"))
    html = render_template("briefings/results/withdraw_receipt.html", form=form, receipt=receipt)
    return html, 422 if form.is_submitted() else 200


@blueprint.route("/briefings/<ref>/receipts/withdraw", methods=["GET", "POST"])
@access("briefing.change", counting.issue_with_results)
def withdraw_those_by_link(issue: BriefingIssue) -> ResponseReturnValue:
    """Withdraw at once what was said of an issue by links: somebody filled it in who was no team."""
    agencies = {each.ref: each for each in accounts.agencies(with_withdrawn=True)}
    form = WithdrawManyForm()
    form.agency.offer({ref: agency.name for ref, agency in agencies.items()}, empty="All agencies")
    gone: list[CascadeReceipt] = []

    def withdraw() -> None:
        agency = agencies.get(form.agency.data or "")
        gone.extend(
            operations.withdraw_those_by_link(
                issue=issue, agency=agency, since=form.since.data, reason=form.reason.data
            )
        )

    if carry_out(form, withdraw):
        flash(f"What {plural(len(gone), 'team')} said is withdrawn, and counts nowhere any more.")
        return redirect(url_for("results.receipts", issue=issue.ref))
    teams, staff = queries.count_by_link(person().facts, issue)
    html = render_template(
        "briefings/results/withdraw_those_by_link.html", form=form, issue=issue, teams=teams, staff=staff
    )
    return html, 422 if form.is_submitted() else 200


def _open_form(agency: Agency | None) -> OpenReceiptForm:
    if agency is not None:
        return OpenReceiptForm(data={"discussed_on": today()})
    form = ReaderReceiptForm(data={"discussed_on": today()})
    form.agency.offer({each.ref: each.name for each in accounts.agencies(with_external=False)})
    return form


def _chosen(form: OpenReceiptForm) -> Agency:
    assert isinstance(form, ReaderReceiptForm), "a link that names no agency asks for one"
    return next(each for each in accounts.agencies(with_external=False) if each.ref == form.agency.data)


def _opened(link: str) -> tuple[BriefingIssue, Agency | None] | None:
    """The issue, and the agency unless it is to be chosen; null for what no issue's key signed."""
    named = links.read(link, numbers=1)
    issue = named and queries.open_issue(named.ref)
    if not named or not issue or not named.is_signed_for(Purpose.DISCUSSED, issue.link_key):
        return None
    if named.numbers[0] == links.ANY_AGENCY:
        return issue, None
    agency = queries.open_agency(named.numbers[0])
    return None if agency is None else (issue, agency)


def over_for_strangers(issue: BriefingIssue) -> ResponseReturnValue | None:
    """The page that says that the links of an issue have ended; null while they work."""
    if issue.sent_on is None or today() <= (last := rules.last_day_to_answer(issue.sent_on)):
        return None
    return render_template("briefings/results/link_ended.html", ref=issue.ref, last=last), 410


def _give(form: ReceiptForm, issue: BriefingIssue, agency: Agency) -> None:
    operations.give(
        issue=issue,
        agency=agency,
        team=form.team.data,
        discussed_on=form.discussed_on.data or today(),
        staff=form.staff.data,
        one_thing=form.one_thing.data,
    )


def _agencies_to_speak_for() -> list[Agency]:
    """One's own agency and those one leads; every agency for whoever runs briefings, or belongs to none."""
    oneself = person()
    own = oneself.facts.leads | ({oneself.agency_id} if oneself.agency_id else frozenset())
    agencies = list(accounts.agencies(with_external=False))
    if may("briefing.change") or not own:
        return agencies
    return [agency for agency in agencies if agency.id in own]


def _only(refs: list[str]) -> str | None:
    return refs[0] if len(refs) == 1 else None


def _filters() -> ReceiptFilterForm:
    form = ReceiptFilterForm(formdata=request.args)
    only = agencies_of(person().facts)
    form.issue.offer(
        {issue.ref: f"{issue.ref} {issue.title}" for issue in queries.issues_that_went_out()}, empty="Any"
    )
    form.agency.offer(
        {
            agency.ref: agency.name
            for agency in accounts.agencies(with_withdrawn=True)
            if only is None or agency.id in only
        },
        empty="Any",
    )
    form.validate()
    return form


def _asked(form: ReceiptFilterForm) -> Filters:
    return Filters(
        issue=form.good(form.issue),
        agency=form.good(form.agency),
        text=form.good(form.text),
        withdrawn=bool(form.withdrawn.data),
    )
