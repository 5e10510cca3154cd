"""State changes by POST alone, through the lifecycle, each only where it is possible."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from polls import lifecycle
from polls.models import Poll
from polls.terms import Phase, Reveal
from tests.builders import a_draft, a_poll, a_ready_draft, now
from tests.desk import a_blank_form, an_editor, as_it_stands, at_desk, change, told
from tests.votes import a_ballot

DEEDS = ("publish", "open_now", "close", "reopen", "archive", "restore", "copy")
ALWAYS = ("copy", "hand_over")
YES = {"_form_submitted": "True"}


@pytest.fixture
def desk(house: None) -> Client:
    return at_desk(an_editor("olive", is_superuser=True))


def scheduled() -> Poll:
    return a_poll(opens_at=now() + timedelta(days=1))


def closed() -> Poll:
    return lifecycle.close(a_poll(), at=now())


def archived() -> Poll:
    return lifecycle.archive(closed(), at=now())


STATES: dict[Phase, Callable[[], Poll]] = {
    Phase.DRAFT: a_ready_draft,
    Phase.SCHEDULED: scheduled,
    Phase.OPEN: a_poll,
    Phase.CLOSED: closed,
    Phase.ARCHIVED: archived,
}


def address(poll: Poll, deed: str) -> str:
    return f"/admin/polls/poll/{poll.pk}/{deed}/"


def shown(desk: Client, poll: Poll) -> str:
    return desk.get(f"/admin/polls/poll/{poll.pk}/change/").content.decode()


DONE = [
    ("publish", Phase.DRAFT, Phase.OPEN),
    ("open_now", Phase.SCHEDULED, Phase.OPEN),
    ("close", Phase.OPEN, Phase.CLOSED),
    ("close", Phase.SCHEDULED, Phase.CLOSED),
    ("reopen", Phase.CLOSED, Phase.OPEN),
    ("archive", Phase.CLOSED, Phase.ARCHIVED),
    ("restore", Phase.ARCHIVED, Phase.CLOSED),
]


def test_a_confirmed_deed_is_done(desk: Client) -> None:
    for deed, before, after in DONE:
        poll = STATES[before]()
        assert deed in lifecycle.POSSIBLE[before]  # and so it is offered, as the next test but one shows
        answer = desk.post(address(poll, deed), YES)
        assert answer.headers["location"] == f"/admin/polls/poll/{poll.pk}/change/", (deed, before)
        assert Poll.objects.get(pk=poll.pk).phase(now()) == after, (deed, before)


def test_what_is_written_is_saved_and_publishing_it_asked_for_with_one_press(desk: Client) -> None:
    fields = a_blank_form(desk) | {"title": "Tea?", "_publish": "1"}
    fields |= {"questions-0-choices-0-text": "Yes", "questions-0-choices-1-text": "No"}
    asks = desk.post("/admin/polls/poll/add/", fields)
    poll = Poll.objects.get()
    assert (asks.url, poll.phase(now())) == (address(poll, "publish"), Phase.DRAFT)
    asks = desk.post(change(poll), as_it_stands(poll) | {"title": "Tea or coffee?", "_publish": "1"})
    assert (asks.url, Poll.objects.get().title) == (address(poll, "publish"), "Tea or coffee?")
    assert desk.post(asks.url, YES).url == change(poll)
    assert Poll.objects.get().phase(now()) == Phase.OPEN
    saved = desk.post(change(poll), as_it_stands(poll) | {"_publish": "1"})
    assert saved.url == change(poll), "published once"


def test_only_a_draft_is_saved_and_published(desk: Client) -> None:
    assert 'name="_publish"' in desk.get("/admin/polls/poll/add/").content.decode()
    for phase, make in STATES.items():
        assert ('name="_publish"' in shown(desk, make())) == (phase == Phase.DRAFT), phase


def test_who_may_add_polls_and_not_change_them_is_offered_no_publishing(desk: Client) -> None:
    otto = at_desk(an_editor("otto", deeds=("add_poll", "view_poll")))
    assert 'name="_publish"' not in otto.get("/admin/polls/poll/add/").content.decode()


def test_a_look_at_a_deed_changes_nothing(desk: Client) -> None:
    polls = {phase: make() for phase, make in STATES.items()}
    before = list(Poll.objects.order_by("pk").values())
    for phase, deed in product(polls, DEEDS):
        place = address(polls[phase], deed)
        desk.get(place, YES)
        # What asks for nothing that can be done is refused when it is confirmed, too, as the next test but one shows.
        if deed in {*lifecycle.POSSIBLE[phase], *ALWAYS}:
            desk.head(place, YES)
            desk.options(place, YES)
            desk.post(place)
        assert list(Poll.objects.order_by("pk").values()) == before, (phase, deed)


def test_only_what_is_possible_is_offered(desk: Client) -> None:
    polls = {phase: make() for phase, make in STATES.items()}
    request = RequestFactory().get("/")
    request.user = User.objects.get()
    for phase, poll in polls.items():
        buttons = admin.site.get_model_admin(Poll).get_actions_detail(request, poll.pk)
        assert {button.path for button in buttons} == {*lifecycle.POSSIBLE[phase], *ALWAYS}, phase
    poll = polls[Phase.SCHEDULED]
    text = shown(desk, poll)
    offered = {deed for deed in {*DEEDS, *ALWAYS} if address(poll, deed) in text}
    assert offered == {*lifecycle.POSSIBLE[Phase.SCHEDULED], *ALWAYS}


def test_what_is_not_possible_is_refused_with_a_sentence(desk: Client) -> None:
    for phase, make in STATES.items():
        poll = make()
        before = list(Poll.objects.order_by("pk").values())
        for deed in (deed for deed in DEEDS[:-1] if deed not in lifecycle.POSSIBLE[phase]):
            desk.cookies.pop("messages", None)
            said = told(desk.post(address(poll, deed), YES))
            assert list(Poll.objects.order_by("pk").values()) == before, (phase, deed)
            assert "Only" in said or "Close the poll before" in said, (phase, deed)


def test_a_deed_needs_the_token_of_our_own_form(desk: Client) -> None:
    poll = a_poll()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.cookies
    answer = strict.post(address(poll, "close"), YES)
    assert answer.status_code == 403
    assert Poll.objects.get().phase(now()) == Phase.OPEN


def test_a_draft_that_is_not_ready_says_why_in_the_dialog_and_stays_a_draft(desk: Client) -> None:
    poll = a_draft()
    assert "The poll has no question yet." in desk.get(address(poll, "publish")).content.decode()
    assert "The poll has no question yet." in told(desk.post(address(poll, "publish"), YES))
    assert Poll.objects.get().phase(now()) == Phase.DRAFT


def test_the_dialog_sends_the_browser_back_to_the_poll(desk: Client) -> None:
    poll = a_poll()
    answer = desk.post(address(poll, "close"), YES, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == f"/admin/polls/poll/{poll.pk}/change/"


def test_the_dialog_answers_to_where_the_browser_is_whatever_the_server_takes_for_its_address(desk: Client) -> None:
    poll = a_poll()
    page = desk.get(address(poll, "close"), {"from": "here"}).content.decode()
    assert f'hx-post="{address(poll, "close")}?from=here"' in page
    assert "http://" not in page


def test_a_poll_whose_results_were_promised_for_the_end_is_not_reopened(desk: Client) -> None:
    poll = a_poll(reveal=Reveal.AFTER_CLOSE)
    a_ballot(poll)
    lifecycle.close(poll, at=now())
    text = desk.post(address(poll, "reopen"), YES, follow=True).content.decode()
    assert address(poll, "reopen") not in text
    assert "Make a copy instead." in text
    assert text.count('class="desk-copy"') == 2  # in the message, and above the questions
    assert Poll.objects.get().phase(now()) == Phase.CLOSED


def test_a_copy_is_a_draft_of_the_editors_own(desk: Client) -> None:
    poll = a_poll()
    answer = desk.post(address(poll, "copy"), YES)
    copy = Poll.objects.exclude(pk=poll.pk).get()
    assert answer.headers["location"] == f"/admin/polls/poll/{copy.pk}/change/"
    assert (copy.organiser and copy.organiser.username, copy.phase(now())) == ("olive", Phase.DRAFT)


def test_a_poll_with_ballots_is_not_deleted_and_the_editor_hears_why(desk: Client) -> None:
    poll = a_poll()
    a_ballot(poll)
    for ask in (desk.get, desk.post):
        answer = ask(f"/admin/polls/poll/{poll.pk}/delete/", {"post": "yes"})
        assert "it can be archived, not deleted" in told(answer)
    assert Poll.objects.exists()


def test_a_poll_without_ballots_is_deleted_when_confirmed(desk: Client) -> None:
    poll = a_poll()
    assert "Which one?" in desk.get(f"/admin/polls/poll/{poll.pk}/delete/").content.decode()
    assert Poll.objects.exists()
    desk.post(f"/admin/polls/poll/{poll.pk}/delete/", {"post": "yes"})
    assert not Poll.objects.exists()


def test_polls_are_not_deleted_in_bulk(desk: Client) -> None:
    poll = a_poll()
    desk.post("/admin/polls/poll/", {"action": "delete_selected", "_selected_action": [poll.pk], "post": "yes"})
    assert Poll.objects.exists()
