from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from polls import invitations
from polls.models import Ballot, Poll
from tests.builders import a_poll, now
from tests.journeys.conftest import Visitor
from tests.journeys.gina import Site, publishing
from tests.server import a_server
from ui import papers

BRIDGES = ("Old Mill Bridge", "Harbour footbridge", "None of them")


@pytest.fixture(scope="session")
def wary(polls: str, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of a Pollstead that asks every unknown browser for work."""
    with (
        django_db_blocker.unblock(),
        a_server(DATA_DIR=str(tmp_path_factory.mktemp("wary")), DEBUG="1", PROOF_OF_WORK="always") as server,
    ):
        yield server.address


def _poll(**fields: Any) -> Poll:
    return a_poll(choices=BRIDGES, question={"text": "Which bridge first?"}, **fields)


def _vote(page: Any, choice: str = "Harbour footbridge") -> None:
    page.get_by_label(choice).check()
    page.get_by_role("button", name="Vote").click()


def _cast(poll: Poll) -> int:
    return Ballot.objects.filter(poll=poll, withdrawn_at=None).count()


def test_an_invitation_link_in_a_frame_is_a_vote(vera: Visitor, gina: Site, house: None) -> None:
    poll = _poll(policy="invitation")
    code = invitations.issue(poll, 1)[0].code
    body = f"<iframe src='{gina.polls}/embed/{poll.slug}/?invitation={code}' width='600' height='500'></iframe>"
    page = vera.open(gina.page(body))
    frame = page.frame_locator("iframe")
    _vote(frame)
    expect(frame.locator(".said")).to_have_text("Your vote is counted.")
    assert _cast(poll) == 1
    page.reload()
    expect(frame.locator(".said")).to_have_text("You have voted in this poll.")


def test_a_mistyped_code_is_mended(vera: Visitor, polls: str, house: None) -> None:
    vera.expects("status of 403")
    poll = _poll(policy="invitation")
    code = invitations.issue(poll, 1)[0].code
    page = vera.open(f"{polls}/p/{poll.slug}/")
    page.get_by_label("The code from your invitation").fill("0000-0000-0000-0000")
    _vote(page)
    expect(page.locator(".refusal")).to_contain_text("letter by letter")
    expect(page.get_by_label("Harbour footbridge")).to_be_checked()
    field = page.get_by_label("The code from your invitation")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(page.locator(".refusal").inner_text())
    field.fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".said")).to_have_text("Your vote is counted.")


def test_work_is_shown_calmly_while_it_lasts_and_the_vote_goes_on_by_itself(
    vera: Visitor, wary: str, house: None
) -> None:
    vera.expects("status of 429")
    poll = _poll()
    page = vera.open(f"{wary}/p/{poll.slug}/")
    sent = []
    vera.listens("request", lambda request: sent.append(request.post_data) if request.method == "POST" else None)
    page.evaluate(
        "() => { window.seen = []; const look = () => seen.push(document.querySelector('.working')?.textContent);"
        " new MutationObserver(look).observe(document.body, { subtree: true, childList: true }) }"
    )
    _vote(page)
    expect(page.locator(".said")).to_have_text("Your vote is counted.", timeout=30_000)
    assert _cast(poll) == 1
    assert "Checking that you are a person…" in page.evaluate("seen")
    assert [("work=" in (body or "")) for body in sent] == [False, True]


def test_work_is_done_in_a_frame(vera: Visitor, wary: str, house: None) -> None:
    vera.expects("status of 429")
    poll = _poll()
    with publishing(wary) as gina:
        page = vera.open(gina.page(gina.script(poll.slug)))
        frame = page.frame_locator("iframe")
        _vote(frame)
        expect(frame.locator(".said")).to_have_text("Your vote is counted.", timeout=30_000)
        assert _cast(poll) == 1


def test_without_javascript_the_voter_is_asked_to_wait(visit: Callable[..., Visitor], wary: str, house: None) -> None:
    poll = _poll()
    visitor = visit(java_script_enabled=False)
    visitor.expects("status of 429")
    page = visitor.open(f"{wary}/p/{poll.slug}/")
    _vote(page)
    expect(page.locator(".refusal")).to_contain_text("Please wait 20 seconds and vote again")
    expect(page.get_by_label("Harbour footbridge")).to_be_checked()
    # The voter has waited: the form is older now.
    older = papers.issue(poll.pk, at=now() - timedelta(seconds=21))
    page.evaluate("older => { document.querySelector('[name=paper]').value = older; }", older)
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    assert _cast(poll) == 1


def test_a_vote_is_changed_and_withdrawn_without_javascript(
    visit: Callable[..., Visitor], polls: str, house: None
) -> None:
    poll = _poll(changes_allowed=True)
    page = visit(java_script_enabled=False).open(f"{polls}/p/{poll.slug}/")
    _vote(page)
    page.get_by_role("link", name="Change my vote").click()
    expect(page.get_by_text("This is your earlier vote.")).to_be_visible()
    _vote(page, "Old Mill Bridge")
    expect(page.locator(".leads")).to_contain_text("Old Mill Bridge")
    assert _cast(poll) == 1
    page.get_by_role("link", name="Withdraw my vote").click()
    page.get_by_role("button", name="Withdraw my vote").click()
    expect(page.locator(".said")).to_have_text("Your vote is withdrawn.")
    assert _cast(poll) == 0
    _vote(page)
    expect(page.locator(".said")).to_have_text("Your vote is counted.")


def test_the_address_is_that_of_the_poll_after_a_change_and_a_withdrawal(
    vera: Visitor, polls: str, house: None
) -> None:
    poll = _poll(changes_allowed=True, slug="vote")
    page = vera.open(f"{polls}/p/{poll.slug}/")
    _vote(page)
    page.get_by_role("link", name="Change my vote").click()
    _vote(page, "Old Mill Bridge")
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    assert page.url == f"{polls}/p/{poll.slug}/"
    page.reload()
    expect(page.locator(".said")).to_have_text("You have voted in this poll.")
    page.get_by_role("link", name="Withdraw my vote").click()
    page.get_by_role("button", name="Withdraw my vote").click()
    expect(page.locator(".said")).to_have_text("Your vote is withdrawn.")
    assert page.url == f"{polls}/p/{poll.slug}/"
    _vote(page)
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    page.reload()
    expect(page.locator(".said")).to_have_text("You have voted in this poll.")
    assert _cast(poll) == 1


def test_a_vote_is_changed_and_withdrawn_in_a_frame(vera: Visitor, gina: Site, house: None) -> None:
    poll = _poll(changes_allowed=True)
    page = vera.open(gina.page(gina.script(poll.slug)))
    frame = page.frame_locator("iframe")
    _vote(frame)
    expect(frame.locator(".announcement")).to_have_text("Your vote is counted.")
    frame.get_by_role("link", name="Change my vote").click()
    expect(frame.locator(".announcement")).to_be_empty()
    _vote(frame, "Old Mill Bridge")
    expect(frame.locator(".leads")).to_contain_text("Old Mill Bridge")
    assert _cast(poll) == 1
    frame.get_by_role("link", name="Withdraw my vote").click()
    expect(frame.get_by_role("heading", name="Withdraw your vote?")).to_be_focused()
    frame.get_by_role("button", name="Withdraw my vote").click()
    expect(frame.locator(".said")).to_have_text("Your vote is withdrawn.")
    assert _cast(poll) == 0


def test_a_frame_leads_to_the_polls_own_page_where_somebody_signs_in_to_vote_and_comes_back(
    vera: Visitor, gina: Site, house: None
) -> None:
    User.objects.create_user("vera", password="a long word for tests")
    poll = _poll(policy="account")
    page = vera.open(gina.page(gina.script(poll.slug)))
    page.frame_locator("iframe").get_by_role("link", name="Open the poll").click()
    expect(page.get_by_role("link", name="Sign in to vote")).to_be_visible()
    assert page.url == f"{gina.polls}/p/{poll.slug}/"
    page.get_by_role("link", name="Sign in to vote").click()
    page.get_by_label("Name").fill("vera")
    page.get_by_label("Password").fill("a long word for tests")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("You vote as vera.")).to_be_visible()
    _vote(page)
    expect(page.locator(".said")).to_have_text("Your vote is counted.")
    assert _cast(poll) == 1
