"""Pages of other sites: those that use htmx themselves, and those that hold a plain form."""

import re
from datetime import timedelta

import pytest

from polls import invitations, lifecycle
from polls.models import Ballot, Choice, Poll
from tests.browser import PAPER, Browser
from tests.builders import a_poll, choices_of, now
from ui import papers

GINA = "https://gina.example"
HTMX = {"Origin": GINA, "Sec-Fetch-Site": "cross-site", "HX-Request": "true"}
FORM = {"Origin": GINA, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
ADDRESS = re.compile(r'\b(?:action|href|src|data-hx-get|data-hx-post)="([^"]*)"')
ASKED = "hx-current-url,hx-request,hx-target,hx-trigger"


def preflight(browser: Browser, address: str, origin: str = GINA, method: str = "GET") -> dict[str, str]:
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": ASKED}
    answer = browser.request("OPTIONS", address, headers=asked)
    return {"status": str(answer.status_code), **answer.headers}


@pytest.fixture
def poll(house: None) -> Poll:
    return a_poll(allowed_sites=f"https://other.example\n{GINA}\nhttps://*.papers.example")


def fields(poll: Poll, paper: str = "", place: int = 0) -> dict[str, str]:
    choice = choices_of(poll)[place]
    return {f"q{choice.question_id}": str(choice.pk)} | ({"paper": paper} if paper else {})


@pytest.mark.parametrize(
    ("path", "methods"), [("", "GET"), ("results/", "GET"), ("vote/", "POST"), ("withdraw/", "GET, POST")]
)
def test_a_browser_may_ask_for_an_allowed_site(path: str, methods: str, vera: Browser, poll: Poll) -> None:
    told = preflight(vera, f"/p/{poll.slug}/{path}")
    assert (told["status"], told["access-control-allow-origin"]) == ("204", GINA)
    assert told["access-control-allow-methods"] == methods
    assert {*ASKED.split(",")} <= {name.strip() for name in told["access-control-allow-headers"].lower().split(",")}
    assert "Origin" in told["vary"]
    assert "access-control-allow-credentials" not in told


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://www.papers.example", "204"),
        ("https://papers.example", "403"),
        ("https://mallory.example", "403"),
        ("https://gina.example.mallory.example", "403"),
        ("https://gina.example:8443", "403"),
        ("http://gina.example", "403"),
        ("null", "403"),
    ],
)
def test_only_the_exact_origin_is_let_in(origin: str, status: str, vera: Browser, poll: Poll) -> None:
    told = preflight(vera, f"/p/{poll.slug}/", origin)
    assert told["status"] == status
    card = vera.get(f"/p/{poll.slug}/", headers=HTMX | {"Origin": origin})
    allowed = {origin} if status == "204" else {None}
    assert {told.get("access-control-allow-origin"), card.headers.get("access-control-allow-origin")} == allowed


def test_a_poll_that_names_no_site_opens_to_none(vera: Browser) -> None:
    poll = a_poll()
    assert preflight(vera, f"/p/{poll.slug}/")["status"] == "403"
    assert "access-control-allow-origin" not in vera.get(f"/p/{poll.slug}/", headers=HTMX).headers
    assert vera.request("OPTIONS", f"/p/{poll.slug}/").status_code == 405


def test_every_address_of_a_card_on_another_site_is_absolute(vera: Browser, poll: Poll) -> None:
    away = vera.get(f"/p/{poll.slug}/", headers=HTMX)
    assert away.headers["access-control-allow-origin"] == GINA
    assert "Origin" in away.headers["vary"]
    addresses = ADDRESS.findall(away.text)
    assert f"https://polls.test/p/{poll.slug}/vote/" in addresses
    assert all(address.startswith("https://polls.test/") for address in addresses)
    assert 'data-hx-get="https://polls.test/' in away.text, "links exchange the card and leave the page alone"
    at_home = vera.get(f"/p/{poll.slug}/", headers={"HX-Request": "true"}).text
    assert all(address.startswith("/") for address in ADDRESS.findall(at_home))


@pytest.mark.parametrize("what", ["now", "phase"])
@pytest.mark.parametrize(("origin", "status"), [(GINA, "204"), ("https://mallory.example", "403")])
def test_what_moves_may_be_read_by_an_allowed_site(
    origin: str, status: str, what: str, vera: Browser, poll: Poll
) -> None:
    told = preflight(vera, f"/live/{poll.slug}/{what}", origin)
    assert told["status"] == status
    answer = vera.get(f"/live/{poll.slug}/{what}", headers={"Origin": origin})
    unchanged = vera.get(
        f"/live/{poll.slug}/{what}", headers={"Origin": origin, "If-None-Match": answer.headers["ETag"]}
    )
    assert (answer.status_code, unchanged.status_code) == (200, 304)
    for each in (answer, unchanged):
        assert "Origin" in each.headers["Vary"]
        allowed = (GINA, "ETag") if status == "204" else (None, None)
        names = ("access-control-allow-origin", "access-control-expose-headers")
        assert tuple(each.headers.get(name) for name in names) == allowed
    if status == "204":
        assert "If-None-Match" in told["access-control-allow-headers"]


def test_what_moves_in_a_card_on_another_site_shows_our_pictures(vera: Browser, poll: Poll) -> None:
    Choice.objects.filter(question__poll=poll).update(
        picture="choices/2026/0123456789abcdef01234567.webp", picture_alt="A bridge"
    )
    Poll.objects.filter(pk=poll.pk).update(version=poll.version + 1)
    sources = [
        re.findall('src="([^"]+)"', vera.get(f"/live/{poll.slug}/now", headers=sent).text) for sent in ({}, HTMX)
    ]
    assert [{source.partition("/media")[0] for source in found} for found in sources] == [{""}, {"https://polls.test"}]


def test_a_vote_from_a_card_on_another_site_is_counted_and_answered_there(vera: Browser, poll: Poll) -> None:
    paper = PAPER.search(vera.get(f"/p/{poll.slug}/", headers=HTMX).text)
    assert paper
    answers = [
        vera.post(f"/p/{poll.slug}/vote/", data=fields(poll, paper[1]), headers=HTMX) for _ in range(2)
    ]  # the second one because the first answer was lost
    for answer in answers:
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == GINA
        # Nothing else on that page speaks.
        assert '<p class="said" role="alert">Your vote is counted.' in answer.text
        assert "100 %" in answer.text
    assert Ballot.objects.count() == 1


def test_who_is_not_known_again_on_another_site_is_offered_no_second_thoughts(vera: Browser) -> None:
    for policy, offered in (("browser", False), ("invitation", True)):
        poll = a_poll(allowed_sites=GINA, policy=policy, changes_allowed=True)
        sent = fields(poll, papers.issue(poll.pk, at=now()))
        if offered:
            sent["invitation"] = invitations.issue(poll, 1)[0].code
        away = vera.post(f"/p/{poll.slug}/vote/", data=sent, headers=HTMX).text
        assert ("Your vote is counted." in away, "Withdraw my vote" in away) == (True, offered)


@pytest.mark.parametrize("lifetimes", [None, 2])
def test_a_form_that_comes_after_the_close_is_not_to_be_confirmed(
    lifetimes: int | None, vera: Browser, poll: Poll
) -> None:
    paper = papers.issue(poll.pk, at=now() - lifetimes * papers.LIFETIME) if lifetimes else ""
    lifecycle.close(poll, at=now())
    late = vera.post(f"/p/{poll.slug}/vote/", data=fields(poll, paper), headers=FORM)
    assert (late.status_code, 'data-code="poll_closed"' in late.text) == (409, True)


def test_a_form_on_another_site_is_confirmed_by_one_click(vera: Browser, poll: Poll) -> None:
    """What stands in a cached page has no paper: the ballot comes back on our page with the choice in it."""
    asked = vera.post(f"/p/{poll.slug}/vote/", data=fields(poll, place=1), headers=FORM)
    assert 'data-code="paper_missing"' in asked.text
    assert f'value="{choices_of(poll)[1].pk}" checked' in asked.text
    assert asked.text.count(" checked") == 1
    assert "<!doctype html>" in asked.text
    assert not Ballot.objects.exists()
    paper = PAPER.search(asked.text)
    assert paper
    for _ in range(2):
        confirmed = vera.post(f"/p/{poll.slug}/vote/", data=fields(poll, paper[1], place=1))
        assert confirmed.status_code == 303
    assert "Your vote is counted." in vera.get(confirmed.headers["location"]).text
    assert Ballot.objects.count() == 1


def test_two_readers_of_one_cached_form_are_two_voters(vera: Browser, victor: Browser, poll: Poll) -> None:
    for browser in (vera, victor):
        asked = browser.post(f"/p/{poll.slug}/vote/", data=fields(poll), headers=FORM)
        paper = PAPER.search(asked.text)
        assert paper
        assert browser.post(f"/p/{poll.slug}/vote/", data=fields(poll, paper[1])).status_code == 303
    assert Ballot.objects.count() == 2


def test_an_old_paper_in_a_cached_page_is_exchanged_and_the_choice_kept(vera: Browser, poll: Poll) -> None:
    old = papers.issue(poll.pk, at=now() - timedelta(days=7))
    asked = vera.post(f"/p/{poll.slug}/vote/", data=fields(poll, old, place=2), headers=FORM)
    assert 'data-code="paper_expired"' in asked.text
    assert f'value="{choices_of(poll)[2].pk}" checked' in asked.text
    assert old not in asked.text


def test_a_card_that_htmx_loads_leaves_it_to_us_to_say_what_is_left_out(vera: Browser) -> None:
    for fields in ({}, {"policy": "invitation"}, {"question": {"kind": "text"}, "choices": ()}):
        poll = a_poll(allowed_sites=GINA, **fields)
        away = vera.get(f"/p/{poll.slug}/", headers={"Origin": GINA, "HX-Request": "true"}).text
        assert ("<form" in away, " required" in away) == (True, False)
        assert " required" in vera.get(f"/p/{poll.slug}/").text


def test_a_form_on_a_site_that_is_not_allowed_is_told_so(vera: Browser, poll: Poll) -> None:
    for origin, code in (("https://mallory.example", "origin_foreign"), ("null", "origin_hidden")):
        asked = vera.post(f"/p/{poll.slug}/vote/", data=fields(poll), headers=FORM | {"Origin": origin})
        assert (asked.status_code, f'data-code="{code}"' in asked.text) == (403, True)
        assert "checked" not in asked.text


def test_who_has_voted_is_told_at_once(vera: Browser, poll: Poll) -> None:
    voted = vera.post(f"/p/{poll.slug}/vote/", data=fields(poll, vera.paper(poll.slug)))
    assert voted.status_code == 303
    again = vera.post(f"/p/{poll.slug}/vote/", data=fields(poll, place=1), headers=FORM)
    assert 'data-code="already_voted"' in again.text
    assert "100 %" in again.text
