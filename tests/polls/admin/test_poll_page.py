"""What one poll's page shows: snippets, and hostile text as text."""

import html
import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client, override_settings

from polls.models import Poll
from polls.models.poll import check_sites
from polls.terms import Reveal
from tests.builders import a_draft, a_poll, a_question
from tests.desk import an_editor, at_desk, said_at
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


NOT_NAMED = "It works when your site is named"
WAYS = ["script", "element", "frame", "link", "form", "htmx", "picture"]


def snippet(text: str, name: str) -> str:
    found = re.search(rf'<textarea[^>]*id="snippet-{name}"[^>]*>(.*?)</textarea>', text, re.DOTALL)
    assert found
    return html.unescape(found.group(1))


def test_snippets_name_the_address_they_are_read_at(desk: Client) -> None:
    text = page(desk, with_votes(reveal=Reveal.ALWAYS, slug="tea", language="de"))
    assert snippet(text, "script") == '<script async src="http://testserver/embed.js" data-poll="tea"></script>'
    assert snippet(text, "frame").startswith('<iframe src="http://testserver/embed/tea/" title="Which one?"')
    assert snippet(text, "link") == "http://testserver/p/tea/"
    pasted = snippet(text, "form")
    assert "paper" not in pasted
    assert 'action="http://testserver/p/tea/vote/" lang="de"' in pasted
    assert "Abstimmen" in pasted


def test_snippets_name_the_public_address_and_a_site_that_is_named_needs_no_warning(desk: Client) -> None:
    poll = with_votes(reveal=Reveal.AFTER_VOTING, slug="tea", allowed_sites="https://gina.example")
    with override_settings(PUBLIC_URL="https://polls.example"):
        text = page(desk, poll)
    assert snippet(text, "script") == '<script async src="https://polls.example/embed.js" data-poll="tea"></script>'
    assert snippet(text, "frame").startswith('<iframe src="https://polls.example/embed/tea/" title="Which one?"')
    assert snippet(text, "link") == "https://polls.example/p/tea/"
    assert NOT_NAMED not in text
    assert "https://gina.example" in text


def test_hostile_text_is_text_on_every_page_and_safe_where_its_snippets_are_pasted(desk: Client) -> None:
    hostile = EVERYTHING
    draft = a_draft(title=hostile, intro=hostile)
    a_question(draft, hostile, [hostile, "B"], hint=hostile)
    voted = a_poll(title=hostile, choices=[hostile, "B"], question={"text": hostile, "hint": hostile})
    a_ballot(voted)
    addresses = ["/admin/", "/admin/polls/poll/", f"/admin/search/?s={voted.slug}", "/admin/polls/"]
    for poll in (draft, voted):
        pages = ("change/", "results/", "history/", "publish/", "copy/")
        addresses += [f"/admin/polls/poll/{poll.pk}/{name}" for name in pages]
        addresses += [f"/preview/{poll.pk}/", f"/preview/{poll.pk}/?show=results"]
    addresses.append(f"/admin/polls/poll/{draft.pk}/delete/")
    for address in addresses:
        text = desk.get(address).content.decode()
        assert "<script>alert" not in text, address
        assert "'onload='" not in text, address
        assert "</textarea><b>" not in text, address
        assert ">49<" not in text, address
        if address == f"/admin/polls/poll/{voted.pk}/change/":
            pasted = {way: snippet(text, way) for way in WAYS}
            assert {way for way in WAYS if HOSTILE[0] in pasted[way]} == set()
            for way in ("element", "frame", "form", "picture"):
                assert "&lt;script&gt;" in pasted[way], way
            assert text.count(NOT_NAMED) == 2


def test_hostile_text_survives_a_page_with_something_to_mend_and_a_nul_is_no_fault(desk: Client) -> None:
    hostile = EVERYTHING
    form = {"title": "a\0b", "slug": hostile, "intro": hostile, "allowed_sites": hostile}
    form |= {"questions-TOTAL_FORMS": "1", "questions-INITIAL_FORMS": "0", "questions-0-text": hostile}
    form |= {"questions-0-choices-TOTAL_FORMS": "1", "questions-0-choices-INITIAL_FORMS": "0"}
    form |= {"questions-0-choices-0-text": hostile}
    text = desk.post("/admin/polls/poll/add/", form).content.decode()
    assert said_at(text)["title"] == "Null characters are not allowed."
    assert "<script>alert" not in text
    assert "'onload='" not in text
    assert "</textarea><b>" not in text


def test_the_preview_of_a_draft_shows_its_card_and_counts_nothing(desk: Client) -> None:
    poll = a_draft(title="Not yet")
    question = a_question(poll, "Tea?", ["Yes", "No"])
    text = desk.get(f"/preview/{poll.pk}/").content.decode()
    assert "Preview: votes are not counted." in text
    assert "Tea?" in text
    answer = desk.post(f"/preview/{poll.pk}/", {f"q{question.pk}": "1"})
    assert "your vote was not counted" in desk.get(answer.headers["location"]).content.decode()
    assert not poll.ballots.exists()


def test_who_mistypes_the_password_is_told_just_that(desk: Client) -> None:
    text = Client().post("/admin/login/", {"username": "olive", "password": "wrong"}).content.decode()
    assert "Please enter the correct username and password" in text
    assert "Nothing is saved yet" not in text


@pytest.mark.parametrize("site", ["https://\u017fite.example", "https://\u212aelvin.example"])
def test_a_letter_that_only_looks_like_one_of_an_address_is_told(site: str) -> None:
    """No header can say it; the frame would answer with a policy that no browser reads."""
    with pytest.raises(ValidationError):
        check_sites(site)
