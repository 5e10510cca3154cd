"""What one poll's page shows: results as far as they were promised, snippets, and hostile text as text."""

import html
import re

import pytest
from django.test import Client, override_settings

from polls import lifecycle
from polls.models import Poll
from polls.terms import Reveal
from tests.builders import a_draft, a_poll, a_question, now
from tests.desk import a_blank_form, an_editor, at_desk
from tests.votes import a_ballot

HOSTILE = ['"><script>alert(1)</script>', "{{7*7}}", "{% load %}", "'onload='x", "\u202eevil\u202c", "</textarea><b>"]
# All in one, so that each page is drawn once: wherever one of them is put, all are.
EVERYTHING = " ".join(HOSTILE)


@pytest.fixture
def desk(house: None) -> Client:
    return at_desk(an_editor("olive", is_superuser=True))


def page(desk: Client, poll: Poll) -> str:
    return desk.get(f"/admin/polls/poll/{poll.pk}/change/").content.decode()


def with_votes(**fields: object) -> Poll:
    poll = a_poll(choices=["Tea", "Coffee"], **fields)
    for place in (0, 0, 1):
        a_ballot(poll, place)
    return poll


@pytest.mark.parametrize("reveal", [Reveal.ALWAYS, Reveal.AFTER_VOTING])
def test_results_are_bars_with_counts(desk: Client, reveal: Reveal) -> None:
    text = page(desk, with_votes(reveal=reveal))
    assert 'width="67%"' in text
    assert 'width="33%"' in text


@pytest.mark.parametrize(
    ("reveal", "sentence"),
    [
        (Reveal.NEVER, "The results of this poll are not shown."),
        (Reveal.AFTER_CLOSE, "The results are shown when the poll has closed."),
    ],
)
def test_what_was_promised_to_voters_binds_the_desk(desk: Client, reveal: Reveal, sentence: str) -> None:
    text = page(desk, with_votes(reveal=reveal))
    assert 'width="67%"' not in text
    assert sentence in text
    assert "it holds for this desk too" in text
    assert "3 ballots" in text


def test_results_promised_for_the_end_show_at_the_end_and_in_the_archive(desk: Client) -> None:
    poll = lifecycle.close(with_votes(reveal=Reveal.AFTER_CLOSE), at=now())
    assert 'width="67%"' in page(desk, poll)
    assert 'width="67%"' in page(desk, lifecycle.archive(poll, at=now()))


def test_results_that_nobody_sees_stay_unseen_at_the_end_and_in_the_archive(desk: Client) -> None:
    poll = lifecycle.close(with_votes(reveal=Reveal.NEVER), at=now())
    assert 'width="67%"' not in page(desk, poll)
    assert 'width="67%"' not in page(desk, lifecycle.archive(poll, at=now()))


def snippet(text: str, name: str) -> str:
    found = re.search(rf'<textarea[^>]*id="snippet-{name}"[^>]*>(.*?)</textarea>', text, re.DOTALL)
    assert found
    return html.unescape(found.group(1))


@pytest.mark.parametrize(
    ("public_url", "origin"), [("", "http://testserver"), ("https://polls.example", "https://polls.example")]
)
def test_snippets_name_our_own_address(desk: Client, public_url: str, origin: str) -> None:
    poll = a_poll(slug="tea")
    with override_settings(PUBLIC_URL=public_url):
        text = page(desk, poll)
    assert snippet(text, "script") == f'<script async src="{origin}/embed.js" data-poll="tea"></script>'
    assert snippet(text, "frame").startswith(f'<iframe src="{origin}/embed/tea/" title="Which one?"')
    assert snippet(text, "link") == f"{origin}/p/tea/"


WAYS = ["script", "element", "frame", "link", "form", "htmx", "picture"]


def test_a_snippet_of_a_hostile_title_is_safe_where_it_is_pasted(desk: Client) -> None:
    hostile = HOSTILE[0]
    text = page(desk, a_poll(title=hostile, question={"text": hostile}, choices=[hostile, "B"]))
    pasted = {way: snippet(text, way) for way in WAYS}
    assert {way for way in WAYS if hostile in pasted[way]} == set()
    for way in ("element", "frame", "form", "picture"):
        assert "&lt;script&gt;" in pasted[way], way
    assert text.count("It works when your site is named") == 2


def test_a_site_that_is_named_needs_no_warning(desk: Client) -> None:
    text = page(desk, a_poll(allowed_sites="https://gina.example"))
    assert "It works when your site is named" not in text
    assert "https://gina.example" in text


def test_the_pasted_form_carries_no_paper(desk: Client) -> None:
    poll = a_poll(language="de")
    pasted = snippet(page(desk, poll), "form")
    assert "paper" not in pasted
    assert f'action="http://testserver/p/{poll.slug}/vote/" lang="de"' in pasted
    assert "Abstimmen" in pasted


def test_hostile_text_is_text_on_every_page(desk: Client) -> None:
    hostile = EVERYTHING
    draft = a_draft(title=hostile, intro=hostile)
    a_question(draft, hostile, [hostile, "B"], hint=hostile)
    voted = a_poll(title=hostile, choices=[hostile, "B"], question={"text": hostile, "hint": hostile})
    a_ballot(voted)
    addresses = ["/admin/", "/admin/polls/poll/", f"/admin/search/?s={voted.slug}", "/admin/polls/"]
    for poll in (draft, voted):
        pages = ("change/", "history/", "publish/", "copy/")
        addresses += [f"/admin/polls/poll/{poll.pk}/{name}" for name in pages]
        addresses += [f"/preview/{poll.pk}/", f"/preview/{poll.pk}/?show=results"]
    addresses.append(f"/admin/polls/poll/{draft.pk}/delete/")
    for address in addresses:
        text = desk.get(address).content.decode()
        assert "<script>alert" not in text, address
        assert "'onload='" not in text, address
        assert "</textarea><b>" not in text, address
        assert ">49<" not in text, address


def test_hostile_text_survives_a_page_with_something_to_mend(desk: Client) -> None:
    hostile = EVERYTHING
    form = {"title": "", "slug": hostile, "intro": hostile, "allowed_sites": hostile}
    form |= {"questions-TOTAL_FORMS": "1", "questions-INITIAL_FORMS": "0", "questions-0-text": hostile}
    form |= {"questions-0-choices-TOTAL_FORMS": "1", "questions-0-choices-INITIAL_FORMS": "0"}
    form |= {"questions-0-choices-0-text": hostile}
    text = desk.post("/admin/polls/poll/add/", form).content.decode()
    assert "<script>alert" not in text
    assert "'onload='" not in text
    assert "</textarea><b>" not in text


def test_a_nul_is_refused_and_not_a_fault(desk: Client) -> None:
    form = {"title": "a\0b", "questions-TOTAL_FORMS": "0", "questions-INITIAL_FORMS": "0"}
    assert desk.post("/admin/polls/poll/add/", form).status_code == 200


def test_the_preview_of_a_draft_shows_its_card_and_counts_nothing(desk: Client) -> None:
    poll = a_draft(title="Not yet")
    question = a_question(poll, "Tea?", ["Yes", "No"])
    text = desk.get(f"/preview/{poll.pk}/").content.decode()
    assert "Preview: votes are not counted." in text
    assert "Tea?" in text
    answer = desk.post(f"/preview/{poll.pk}/", {f"q{question.pk}": "1"})
    assert "your vote was not counted" in desk.get(answer.headers["location"]).content.decode()
    assert not poll.ballots.exists()


def test_an_address_that_another_poll_has_is_told_at_its_field(desk: Client) -> None:
    a_draft(slug="tea")
    answer = desk.post("/admin/polls/poll/add/", a_blank_form(desk) | {"title": "Tea", "slug": "tea"})
    assert "Another poll has this address already." in answer.content.decode()
    assert Poll.objects.count() == 1
