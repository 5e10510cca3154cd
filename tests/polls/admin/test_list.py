from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from polls import lifecycle
from polls.admin import poll as poll_desk
from polls.models import Poll
from tests.builders import a_draft, a_poll, a_question, now
from tests.desk import an_editor, at_desk
from tests.votes import a_ballot

LIST = "/admin/polls/poll/"


@pytest.fixture
def desk(house: None) -> Client:
    return at_desk(an_editor("olive", is_superuser=True))


def queries(ask: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ask()
    return len(asked)


@pytest.mark.parametrize("address", [LIST, "/admin/"])
def test_the_number_of_queries_does_not_grow_with_the_polls(desk: Client, address: str) -> None:
    a_ballot(a_poll())
    desk.get(address)
    one = queries(lambda: desk.get(address))
    for _ in range(2):
        a_ballot(a_poll())
    a_draft()
    three = queries(lambda: desk.get(address))
    assert three <= one


def test_a_line_says_phase_schedule_and_ballots(desk: Client) -> None:
    poll = a_poll(title="Tea or coffee?", closes_at=now() + timedelta(days=3))
    for _ in range(7):
        a_ballot(poll)
    text = desk.get(LIST).content.decode()
    assert "Tea or coffee?" in text
    assert "Open" in text
    assert "Closes" in text
    assert ">7<" in text.replace(" ", "").replace("\n", "")


@pytest.mark.parametrize("phase", ["draft", "scheduled", "open", "closed", "archived"])
def test_the_status_filter_finds_what_the_badge_says(desk: Client, phase: str) -> None:
    a_draft(title="a-draft")
    a_poll(title="a-scheduled", opens_at=now() + timedelta(days=1))
    a_poll(title="a-open")
    over = a_poll(title="a-closed")
    Poll.objects.filter(pk=over.pk).update(closes_at=now() - timedelta(minutes=1))
    lifecycle.archive(lifecycle.close(a_poll(title="a-archived"), at=now()), at=now())
    found = desk.get(LIST, {"phase": phase}).context_data["cl"].result_list
    assert [poll.title for poll in found] == [f"a-{phase}"]


def test_policy_and_language_filter(desk: Client) -> None:
    a_draft(title="german", language="de", policy="open")
    a_draft(title="english")
    for filters in ({"language__exact": "de"}, {"policy__exact": "open"}):
        assert [poll.title for poll in desk.get(LIST, filters).context_data["cl"].result_list] == ["german"]


@pytest.mark.parametrize("most", [0, 1000])
def test_search_looks_in_titles_addresses_and_questions(
    desk: Client, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll_desk, "MOST_FOUND", most)
    poll = a_draft(title="Lunch", slug="friday-food")
    a_question(poll, "Noodles or pizza?")
    a_question(poll, "Noodles or rice?")
    other = a_draft(title="Something else", slug="else")
    a_question(other, "Rice or noodles?")
    found = {"lunch": [poll], "friday-food": [poll], "noodles or": [other, poll], '"noodles or"': [poll], "what": []}
    for word, polls in (found | {"pizza rice": [poll], "lunch else": [], "ELSE": [other]}).items():
        assert list(desk.get(LIST, {"q": word}).context_data["cl"].result_list) == polls, word


@pytest.mark.parametrize("order", ["99", "-1", "1;drop table", "1.2.3"])
def test_a_sort_key_from_outside_is_no_fault(desk: Client, order: str) -> None:
    a_poll()
    assert desk.get(LIST, {"o": order}).status_code in {200, 302}


def test_a_list_that_nobody_searches_looks_for_nothing(desk: Client, django_assert_max_num_queries: Any) -> None:
    a_poll()
    with django_assert_max_num_queries(5):
        assert desk.get(LIST, {"q": " "}).status_code == 200


def test_an_empty_list_offers_a_first_poll(desk: Client) -> None:
    text = desk.get(LIST).content.decode()
    assert "No polls yet" in text
    assert "/admin/polls/poll/add/" in text


def test_an_empty_desk_offers_a_first_poll(desk: Client) -> None:
    assert "Write your first poll" in desk.get("/admin/").content.decode()


def test_the_overview_shows_what_is_open_what_is_written_and_what_ends(desk: Client) -> None:
    a_ballot(a_poll(title="Running", closes_at=now() + timedelta(days=1)))
    a_poll(title="Waiting", opens_at=now() + timedelta(days=1))
    a_draft(title="Half-written")
    context = desk.get("/admin/").context_data
    shown = {
        name: [line["poll"].title for line in context[name]] for name in ("running", "closing", "waiting", "drafts")
    }
    assert shown == {"running": ["Running"], "closing": ["Running"], "waiting": ["Waiting"], "drafts": ["Half-written"]}
    assert context["running"][0]["ballots"] == 1
