import html

import pytest
from django.test import Client

from polls import policies, snapshots
from polls.models import Poll
from polls.terms import Reveal
from tests.builders import a_draft, a_poll, a_question
from tests.desk import an_editor, at_desk
from tests.votes import a_ballot


@pytest.fixture
def desk(house: None) -> Client:
    return at_desk(an_editor("olive", is_superuser=True))


def address(poll: Poll) -> str:
    return f"/preview/{poll.pk}/"


def test_a_stranger_is_sent_to_the_login(house: None) -> None:
    answer = Client().get(address(a_draft()))
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/admin/login/")


def test_the_preview_carries_no_paper(desk: Client) -> None:
    poll = a_poll()
    assert 'name="paper" value=""' in desk.get(address(poll)).content.decode()


def test_the_previewed_results_are_not_the_real_ones(desk: Client) -> None:
    poll = a_poll(reveal=Reveal.NEVER)
    a_ballot(poll)
    text = desk.get(address(poll), {"show": "results"}).content.decode()
    assert 'width="100%"' not in text
    assert "mark-" not in text


def test_a_draft_without_questions_has_a_preview_too(desk: Client) -> None:
    assert desk.get(address(a_draft(title="Bare"))).status_code == 200


def test_the_preview_speaks_the_language_of_the_poll(desk: Client) -> None:
    poll = a_draft(language="ar")
    a_question(poll)
    assert 'dir="rtl"' in desk.get(address(poll)).content.decode()


def test_the_preview_says_by_what_the_poll_knows_its_voters(desk: Client) -> None:
    poll = a_poll(policy="account")
    text = desk.get(address(poll)).content.decode()
    assert policies.strength(snapshots.of(poll)) in html.unescape(text)
    assert "You vote as olive." in text


def test_the_previewed_results_lead_back_to_the_preview(desk: Client) -> None:
    poll = a_poll()
    assert f'href="{address(poll)}"' in desk.get(address(poll), {"show": "results"}).content.decode()


def test_only_our_own_pages_may_frame_it(desk: Client) -> None:
    answer = desk.get(address(a_draft()))
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(desk: Client, method: str) -> None:
    answer = getattr(desk, method)(address(a_draft()))
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert 'data-code="method_not_allowed"' in answer.content.decode()


def test_htmx_gets_the_card_alone_and_is_told_the_same(desk: Client) -> None:
    poll = a_poll()
    answer = desk.post(address(poll), headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.lstrip().startswith("<section")
    assert "your vote was not counted" in text
    assert not poll.has_ballots()


@pytest.mark.parametrize("way", ["form/", "picture/", "picture.svg"])
def test_the_other_previews_are_for_editors_too_and_show_drafts(way: str, desk: Client) -> None:
    poll = a_draft(title="Lunch")
    a_question(poll, "Where?", ["Noodles & more"])
    assert Client().get(f"{address(poll)}{way}").headers["location"].startswith("/admin/login/")
    assert at_desk(an_editor("otto")).get(f"{address(poll)}{way}").status_code == 404
    answer = desk.get(f"{address(poll)}{way}")
    shown = answer.content.decode()
    assert "no-store" in answer.headers["cache-control"] or "private" in answer.headers["cache-control"]
    assert ("Noodles &amp; more" in shown) is (way != "picture/")
    assert desk.post(f"{address(poll)}{way}").status_code == 405
