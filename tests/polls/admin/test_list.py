import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from polls import lifecycle
from polls.admin import poll as poll_desk
from polls.models import Poll
from polls.terms import Phase
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


def listed(**query: str) -> list[Poll]:
    """The polls on the list's first page, asked of the desk: to draw the list takes five times as long."""
    request = RequestFactory().get(LIST, query)
    request.user = User.objects.get()
    return list(admin.site.get_model_admin(Poll).get_changelist_instance(request).result_list)


def drawn(desk: Client, **query: str) -> list[Poll]:
    """The polls on the list's first page, as it is drawn."""
    return list(desk.get(LIST, query).context_data["cl"].result_list)


def drawn_text(desk: Client, **query: str) -> str:
    return desk.get(LIST, query).content.decode()


def offered_in(text: str) -> list[str]:
    """The organisers that the filter names."""
    _, _, select = text.partition('<select name="organiser"')
    return re.findall(r"<option[^>]*>\s*(\w+)\s*</option>", select.partition("</select>")[0])[1:]


def test_the_number_of_queries_does_not_grow_with_the_polls(desk: Client) -> None:
    pages = [LIST, "/admin/"]
    a_ballot(a_poll())
    for address in pages:
        desk.get(address)
    one = [queries(lambda address=address: desk.get(address)) for address in pages]
    for _ in range(2):
        a_ballot(a_poll())
    a_draft()
    three = [queries(lambda address=address: desk.get(address)) for address in pages]
    assert all(many <= few for many, few in zip(three, one, strict=True)), (one, three)


def test_a_line_says_phase_schedule_and_ballots(desk: Client) -> None:
    poll = a_poll(title="Tea or coffee?", closes_at=now() + timedelta(days=3))
    for _ in range(7):
        a_ballot(poll)
    text = desk.get(LIST).content.decode()
    assert "Tea or coffee?" in text
    assert "Open" in text
    assert "Closes" in text
    assert ">7<" in text.replace(" ", "").replace("\n", "")


def test_the_status_filter_finds_what_the_badge_says(desk: Client) -> None:
    a_draft(title="a-draft")
    a_poll(title="a-scheduled", opens_at=now() + timedelta(days=1))
    a_poll(title="a-open")
    over = a_poll(title="a-closed")
    Poll.objects.filter(pk=over.pk).update(closes_at=now() - timedelta(minutes=1))
    lifecycle.archive(lifecycle.close(a_poll(title="a-archived"), at=now()), at=now())
    for phase in Phase:
        assert [poll.title for poll in listed(phase=phase)] == [f"a-{phase}"]
    assert [poll.title for poll in drawn(desk, phase="closed")] == ["a-closed"]


def test_policy_and_language_filter(desk: Client) -> None:
    a_draft(title="german", language="de", policy="open")
    a_draft(title="english")
    for filters in ({"language__exact": "de"}, {"policy__exact": "open"}):
        assert [poll.title for poll in listed(**filters)] == ["german"], filters


def test_who_sees_every_poll_finds_those_of_one_organiser(desk: Client) -> None:
    otto, _idle = an_editor("otto"), an_editor("idle")
    a_draft(title="mine", organiser=User.objects.get(username="olive"))
    a_draft(title="his", organiser=otto)
    a_draft(title="nobody's", organiser=None)
    assert [poll.title for poll in drawn(desk, organiser=str(otto.pk))] == ["his"]
    assert [poll.title for poll in drawn(desk, organiser="nobody")] == ["nobody's"]
    for unknown in ("", "x", "9" * 30):
        assert len(drawn(desk, organiser=unknown)) == 3
    text = drawn_text(desk, organiser=str(otto.pk))
    assert offered_in(text) == ["olive", "Nobody", "otto"]
    assert f'<a href="?organiser={otto.pk}">otto</a>' in text
    assert offered_in(drawn_text(desk, organiser=f"{otto.pk}9")) == ["olive", "Nobody"]


def test_who_sees_own_polls_alone_is_not_asked_whose(house: None) -> None:
    otto = an_editor("otto")
    a_draft(title="his", organiser=otto)
    a_draft(title="hers", organiser=an_editor("olive"))
    answer = at_desk(otto).get(LIST, {"organiser": "nobody"})
    assert 'name="organiser"' not in answer.content.decode()
    assert [poll.title for poll in at_desk(otto).get(LIST).context_data["cl"].result_list] == ["his"]


def test_search_looks_in_titles_addresses_and_questions(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    poll = a_draft(title="Lunch", slug="friday-food")
    a_question(poll, "Noodles or pizza?")
    a_question(poll, "Noodles or rice?")
    other = a_draft(title="Something else", slug="else")
    a_question(other, "Rice or noodles?")
    found = {"lunch": [poll], "friday-food": [poll], "noodles or": [other, poll], '"noodles or"': [poll], "what": []}
    found |= {"pizza rice": [poll], "lunch else": [], "ELSE": [other], "FRIDAY-f": [poll]}
    for most in (0, 1000):
        monkeypatch.setattr(poll_desk, "MOST_FOUND", most)
        for words, polls in found.items():
            assert listed(q=words) == polls, (words, most)
    assert drawn(desk, q="pizza rice") == [poll]


def test_a_sort_key_from_outside_is_no_fault(desk: Client) -> None:
    a_poll()
    for order in ("99", "-1", "1;drop table", "1.2.3"):
        assert desk.get(LIST, {"o": order}).status_code in {200, 302}, order


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


def test_the_overview_shows_six_open_polls_the_fullest_first_and_the_drafts_written_last(desk: Client) -> None:
    for number in range(4):
        a_poll(title=f"none {number}")
    for ballots in (2, 3, 1):
        poll = a_poll(title=f"{ballots}")
        for _ in range(ballots):
            a_ballot(poll)
    for number in range(7):
        a_draft(title=f"draft {number}")
    context = desk.get("/admin/").context_data
    assert [line["poll"].title for line in context["running"]] == ["3", "2", "1", "none 3", "none 2", "none 1"]
    assert [line["poll"].title for line in context["drafts"]] == [f"draft {number}" for number in (6, 5, 4, 3, 2, 1)]


@pytest.mark.parametrize(("language", "heading"), [("en", "Running"), ("de", "Läuft gerade"), ("ar", "جارية الآن")])
def test_the_overview_names_open_polls_by_no_command(desk: Client, language: str, heading: str) -> None:
    a_poll()
    with translation.override(language):
        button = gettext("Open now")
        text = desk.get("/admin/", headers={"accept-language": language}).content.decode()
    assert f"<h2>{heading}</h2>" in text
    assert button not in text


def test_the_overview_leads_to_all_polls_and_to_all_of_each_kind_that_it_lists(desk: Client) -> None:
    a_poll()
    text = desk.get("/admin/").content.decode()
    assert f'<a href="{LIST}">All polls</a>' in text
    assert f'<a href="{LIST}?phase=open">All that are running</a>' in text
    assert "?phase=draft" not in text, "there are none"


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_desk_says_nothing_of_unfolds_in_english(desk: Client, language: str) -> None:
    draft, there = a_draft(), {"accept-language": language}
    a_question(draft)
    pages = (LIST, "/admin/", f"{LIST}{draft.pk}/change/", "/admin/auth/user/add/")
    with translation.override(language):
        text = "".join(desk.get(page, headers=there).content.decode() for page in pages)
    shown = {
        " ".join(words.split()) for words in re.findall(r">([^<]+)<|placeholder=\"([^\"]+)", text) for words in words
    }
    english = {"Filters", "Date", "Type to search", "Organiser", "Enabled", "Disabled", "Password-based authentication"}
    assert not shown & (english | {"History", "Delete", "Delete poll", "Light", "Dark", "Cancel"})
    assert "After you" not in text
    if language == "de":
        assert {"Löschen", "Verlauf"} <= shown
        assert "Löschen Umfrage" not in shown
