"""The API asked by scripts on pages of other sites (CORS)."""

import pytest

from polls.models import Ballot, Poll
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, choices_of
from tests.doors import ApiDoor

GINA, MALLORY = "https://gina.example", "https://mallory.example"
OF_A_POLL = ["", "/results", "/ballots"]


def sent(origin: str = GINA) -> dict[str, str]:
    return {"Origin": origin, "Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def poll(house: None) -> Poll:
    return a_poll(allowed_sites=GINA, reveal="always")


@pytest.mark.parametrize("path", OF_A_POLL)
def test_an_allowed_site_may_ask_and_read_and_no_other(path: str, vera: Browser, poll: Poll) -> None:
    address = f"/api/v1/polls/{poll.slug}{path}"
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    for origin, status, allowed in ((GINA, 204, GINA), (MALLORY, 403, None), ("null", 403, None)):
        first = vera.request("OPTIONS", address, headers=sent(origin) | asked)
        assert (first.status_code, first.headers.get("access-control-allow-origin")) == (status, allowed), origin
        answer = vera.get(address, headers=sent(origin))
        assert answer.headers.get("access-control-allow-origin") == allowed, origin
        assert "Origin" in answer.headers["vary"]
        assert "access-control-allow-credentials" not in answer.headers
        if status == 204:
            assert first.headers["access-control-allow-methods"] == "GET, POST, DELETE"
            assert "Content-Type" in first.headers["access-control-allow-headers"]
            assert answer.headers["access-control-expose-headers"] == "ETag, Retry-After"
    # What a shared cache keeps of somebody else is not given to a page of that site.
    assert "Origin" in vera.get(address).headers["vary"]


def test_a_script_there_reads_the_poll_casts_a_ballot_and_follows_the_results(vera: Browser, poll: Poll) -> None:
    paper = vera.get(f"/api/v1/polls/{poll.slug}", headers=sent()).json()["paper"]
    first = choices_of(poll)[0]
    reply = ApiDoor().vote(vera, poll.slug, [(first.question_id, [first.pk])], paper, headers=sent())
    assert (reply.counted, reply.response.headers["access-control-allow-origin"]) == (True, GINA)
    vera.client.cookies.clear()  # as a browser does that asks without credentials
    results = f"/api/v1/polls/{poll.slug}/results"
    etag = vera.get(results, headers=sent()).headers["etag"]
    unchanged = vera.get(results, headers=sent() | {"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.headers["access-control-allow-origin"]) == (304, GINA)


def test_a_script_there_can_read_why_it_was_refused(vera: Browser, poll: Poll) -> None:
    reply = ApiDoor().vote(vera, poll.slug, [], "forged", headers=sent())
    assert (reply.code, reply.response.headers["access-control-allow-origin"]) == ("paper_forged", GINA)
    torn = vera.post(f"/api/v1/polls/{poll.slug}/ballots", content=b"{", headers=sent())
    assert (torn.status_code, torn.headers["access-control-allow-origin"]) == (400, GINA)


def test_a_vote_from_another_site_is_refused_and_its_script_hears_nothing(vera: Browser, poll: Poll) -> None:
    first = choices_of(poll)[0]
    paper = vera.paper(poll.slug)
    reply = ApiDoor().vote(vera, poll.slug, [(first.question_id, [first.pk])], paper, headers=sent(MALLORY))
    assert (reply.code, Ballot.objects.count()) == ("origin_foreign", 0)
    assert "access-control-allow-origin" not in reply.response.headers


def test_that_there_is_no_such_poll_may_be_read_by_all_and_a_draft_is_none(vera: Browser) -> None:
    draft = a_draft(allowed_sites=GINA)
    a_question(draft)
    answers = [vera.get(f"/api/v1/polls/{slug}", headers=sent()) for slug in (draft.slug, draft.slug, "no-such-poll")]
    told = [(answer.status_code, answer.headers["access-control-allow-origin"]) for answer in answers]
    assert told == [(404, "*")] * 3


def test_the_list_and_the_description_are_for_scripts_of_all_sites(vera: Browser, poll: Poll) -> None:
    for address in ("/api/v1/polls", "/api/v1/openapi.json"):
        for headers in ({}, sent(MALLORY)):
            assert vera.get(address, headers=headers).headers["access-control-allow-origin"] == "*"
