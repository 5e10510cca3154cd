"""What a card says, in every phase of a poll and for every promise about its results."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from polls import lifecycle
from polls.ballots.counts import RELEASED_AT_ONCE
from polls.kinds import Answer
from polls.models import Choice, Poll
from polls.terms import Phase, Reveal
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, choices_of, now
from tests.kinds import cast
from ui.cache import cache

THANKS, VOTED = "Your vote is counted.", "You have voted in this poll."
NOT_OPEN = "This poll is not open yet."
CLOSED = "This poll is closed. Thank you to everyone who voted."
FIGURES, BALLOT = 'class="figure"', "<form"
LATER, HIDDEN = "The results are shown when the poll has closed.", "The results of this poll are not shown."
FIRST_VOTE = "You see the results after you have voted."


def _polled(phase: Phase, reveal: Reveal, **fields: Any) -> Poll:
    soon = now() + timedelta(days=3)
    poll = a_poll(title="A title", reveal=reveal, opens_at=soon if phase == Phase.SCHEDULED else None, **fields)
    return lifecycle.close(poll, at=now()) if phase == Phase.CLOSED else poll


def _says(html: str) -> set[str]:
    known = {THANKS, VOTED, NOT_OPEN, CLOSED, FIGURES, BALLOT, LATER, HIDDEN, FIRST_VOTE}
    # What the script says later stands in data-… already.
    now_said = unescape(re.sub(r' data-[a-z]+="[^"]*"', "", html))
    return {words for words in known if words in now_said}


def _vote(browser: Browser, poll: Poll, **headers: str) -> str:
    choice = choices_of(poll)[0]
    sent = {"paper": browser.paper(poll.slug), f"q{choice.question_id}": choice.pk}
    return browser.post(f"/p/{poll.slug}/vote/", data=sent, headers=headers).text


@pytest.mark.parametrize(
    ("phase", "reveal", "says"),
    [
        (Phase.SCHEDULED, Reveal.ALWAYS, {NOT_OPEN}),
        (Phase.SCHEDULED, Reveal.NEVER, {NOT_OPEN}),
        (Phase.OPEN, Reveal.ALWAYS, {BALLOT}),
        (Phase.OPEN, Reveal.AFTER_VOTING, {BALLOT}),
        (Phase.OPEN, Reveal.AFTER_CLOSE, {BALLOT}),
        (Phase.OPEN, Reveal.NEVER, {BALLOT}),
        (Phase.CLOSED, Reveal.ALWAYS, {FIGURES}),
        (Phase.CLOSED, Reveal.AFTER_VOTING, {FIGURES}),
        (Phase.CLOSED, Reveal.AFTER_CLOSE, {FIGURES}),
        (Phase.CLOSED, Reveal.NEVER, {CLOSED, HIDDEN}),
    ],
)
def test_a_card_says_where_the_poll_stands(phase: Phase, reveal: Reveal, says: set[str], vera: Browser) -> None:
    poll = _polled(phase, reveal)
    for address in (f"/p/{poll.slug}/", f"/embed/{poll.slug}/"):
        page = vera.get(address)
        assert (page.status_code, _says(page.text)) == (200, says), address
        assert "refusal" not in page.text, address


@pytest.mark.parametrize(
    ("reveal", "says", "later"),
    [
        (Reveal.ALWAYS, {THANKS, FIGURES}, {VOTED, FIGURES}),
        (Reveal.AFTER_VOTING, {THANKS, FIGURES}, {VOTED, FIGURES}),
        (Reveal.AFTER_CLOSE, {THANKS}, {VOTED, LATER}),
        (Reveal.NEVER, {THANKS}, {VOTED, HIDDEN}),
    ],
)
def test_a_voter_is_thanked_and_known_again(reveal: Reveal, says: set[str], later: set[str], vera: Browser) -> None:
    poll = _polled(Phase.OPEN, reveal)
    counted = _vote(vera, poll, **{"HX-Request": "true"})
    assert _says(counted) == says
    assert counted.count('aria-label="your choice"') == 1
    assert _says(vera.get(f"/p/{poll.slug}/").text) == later


@pytest.mark.parametrize(
    ("reveal", "says"),
    [
        (Reveal.ALWAYS, {FIGURES}),
        (Reveal.AFTER_VOTING, {FIRST_VOTE}),
        (Reveal.AFTER_CLOSE, {LATER}),
        (Reveal.NEVER, {HIDDEN}),
    ],
)
def test_a_look_at_results_shows_them_or_says_why_not(reveal: Reveal, says: set[str], vera: Browser) -> None:
    poll = _polled(Phase.OPEN, reveal)
    page = vera.get(f"/p/{poll.slug}/results/").text
    assert _says(page) == says
    assert "Go to the ballot" in page


def test_hidden_counts_are_nowhere_on_the_card(vera: Browser, victor: Browser) -> None:
    poll = _polled(Phase.OPEN, Reveal.AFTER_CLOSE)
    _vote(victor, poll)
    counted = _vote(vera, poll, **{"HX-Request": "true"})
    assert "%" not in counted
    assert "leads" not in counted
    assert "2 votes" not in counted


def test_a_question_is_not_told_before_its_poll_opens(vera: Browser) -> None:
    poll = _polled(Phase.SCHEDULED, Reveal.ALWAYS, question={"text": "Secret until then?"})
    page = vera.get(f"/p/{poll.slug}/").text
    assert "Secret until then?" not in page
    assert '<time datetime="' in page


def test_a_title_that_says_something_else_stands_above_the_one_question(vera: Browser) -> None:
    """Also between polls that share what is written for their cards."""
    other = [a_poll(title=title, reveal="always", question={"text": "Which one?"}) for title in ("A walk", "A meal")]
    same = [a_poll(title=title, reveal="always", question={"text": title}) for title in ("Which walk?", "Which meal?")]
    for poll in (other[0], same[0], other[1], same[1]):
        title = f'<p class="kicker">{poll.title}</p>' if poll in other else "kicker"
        for address in ("/p/{}/", "/p/{}/results/", "/embed/{}/", "/embed/{}/?show=results"):
            page = vera.get(address.format(poll.slug)).text
            assert page.count(title) == (poll in other), address
            assert page.index("</h1>") > page.find(title)


def test_several_questions_and_a_poll_that_is_not_open_have_the_title_once(vera: Browser) -> None:
    draft = a_draft(title="A day")
    for text in ("Where?", "When?"):
        a_question(draft, text)
    later = _polled(Phase.SCHEDULED, Reveal.ALWAYS, question={"text": "Where?"})
    for poll in (lifecycle.publish(draft, at=now()), later):
        assert "kicker" not in vera.get(f"/p/{poll.slug}/").text


def test_a_closing_time_is_told_with_its_zone(vera: Browser) -> None:
    poll = a_poll(closes_at=datetime(2099, 3, 20, 18, 0, tzinfo=UTC))
    page = vera.get(f"/p/{poll.slug}/").text
    assert '<time datetime="2099-03-20T18:00:00Z">March 20, 2099, 6 p.m. UTC</time>' in page


@pytest.mark.parametrize(
    ("language", "figure"), [("en", "100 %"), ("de", "100\xa0%"), ("fr", "100\xa0%"), ("ar", "١٠٠٪")]
)
def test_a_percentage_is_written_as_its_readers_write_it(language: str, figure: str, vera: Browser) -> None:
    poll = _polled(Phase.OPEN, Reveal.ALWAYS, language=language)
    counted = unescape(_vote(vera, poll, **{"HX-Request": "true"}))
    assert f"<strong>{figure}</strong>".replace("\xa0", " ") in counted.replace("\xa0", " ")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("kind", ["single", "approval", "rating"])
def test_results_with_new_numbers_are_what_would_be_printed_anew(kind: str, language: str, vera: Browser) -> None:
    poll = a_poll(language=language, question={"kind": kind})
    first, withdrawn, last = choices_of(poll)
    Choice.objects.filter(pk=withdrawn.pk).update(withdrawn_at=now())
    for choice in (first, last, last, first, first):
        grade = {"scores": ((choice.pk, 4),)} if kind == "rating" else {"choices": (choice.pk,)}
        cast(vera, poll, Answer(choice.question_id, **grade))
        kept = vera.get(f"/p/{poll.slug}/results/").text
        cache.clear()
        assert vera.get(f"/p/{poll.slug}/results/").text == kept


@pytest.mark.parametrize(("language", "said"), [("de", "Ihre Stimme ist gezählt."), ("ar", "احتُسب صوتك.")])
def test_a_card_speaks_the_language_of_its_poll(language: str, said: str, vera: Browser) -> None:
    poll = _polled(Phase.OPEN, Reveal.ALWAYS, language=language)
    counted = _vote(vera, poll, **{"HX-Request": "true", "Accept-Language": "en"})
    assert said in counted
    assert ('dir="rtl"' in counted) == (language == "ar")


def test_hostile_words_are_only_words(vera: Browser) -> None:
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    poll = a_poll(title=hostile, intro=hostile, choices=(hostile, "B"), question={"text": hostile, "hint": hostile})
    pages = [vera.get(address).text for address in ("/", f"/p/{poll.slug}/", f"/embed/{poll.slug}/")]
    pages += [vera.get(f"/p/{poll.slug}/results/").text, _vote(vera, poll, **{"HX-Request": "true"})]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_the_list_shows_listed_polls_and_no_others(vera: Browser) -> None:
    shown = a_poll(title="Shown")
    a_poll(title="Unlisted", listed=False)
    lifecycle.archive(lifecycle.close(a_poll(title="Archived"), at=now()), at=now())
    a_question(a_draft(title="Draft"))
    page = vera.get("/").text
    assert f'href="/p/{shown.slug}/"' in page
    assert page.count("<li>") == 1


def test_an_empty_list_says_so(vera: Browser) -> None:
    assert "There are no polls yet." in vera.get("/").text


@pytest.mark.parametrize(
    ("method", "address", "status", "onward"),
    [
        ("GET", "/p/nothing/", 404, 'href="/"'),
        ("GET", "/nowhere", 404, 'href="/"'),
        ("GET", "/p/{slug}/vote/", 405, 'href="/p/{slug}/"'),
        ("GET", "/embed/{slug}/vote/", 405, 'href="/embed/{slug}/"'),
    ],
)
def test_a_refusal_page_leads_onward(method: str, address: str, status: int, onward: str, vera: Browser) -> None:
    slug = a_poll().slug
    answer = vera.request(method, address.format(slug=slug))
    assert answer.status_code == status
    assert onward.format(slug=slug) in answer.text


def test_an_archived_poll_says_so(vera: Browser) -> None:
    poll = lifecycle.archive(lifecycle.close(a_poll(), at=now()), at=now())
    answer = vera.get(f"/p/{poll.slug}/")
    assert (answer.status_code, "This poll has been archived." in answer.text) == (410, True)


@pytest.mark.parametrize("reveal", Reveal)
def test_a_secret_poll_says_why_a_vote_is_not_seen_at_once(reveal: Reveal, vera: Browser, victor: Browser) -> None:
    poll, told = a_poll(anonymous=True, reveal=reveal), reveal in {Reveal.ALWAYS, Reveal.AFTER_VOTING}
    why = "This vote is secret: results come in batches of ten, and the rest at the close."
    assert RELEASED_AT_ONCE == 10
    assert (why in victor.get(f"/p/{poll.slug}/").text) == told, "so that nothing moves with the vote"
    card = _vote(vera, poll, **{"HX-Request": "true"})
    assert THANKS in card
    assert (why in card, FIGURES in card) == (told, told)
    lifecycle.close(poll, at=now())
    assert why not in vera.get(f"/p/{poll.slug}/").text
    assert why not in _vote(vera, a_poll(reveal=reveal), **{"HX-Request": "true"})
