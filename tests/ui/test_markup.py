"""Every public page and frame in every state, held to HTML as it is written down.

The judge is the W3C's Nu Html Checker, a jar that we do not ship: name it in NU_CHECKER, with a Java at hand.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from polls import corrections, invitations, lifecycle, themes, translations
from polls.kinds import Answer
from polls.models import Poll, Theme
from polls.terms import Kind, Policy, Reveal
from tests.attempts import ATTEMPTS
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, choices_of, now
from tests.doors import DOORS, HTMX, FormDoor
from tests.kinds import HOSTILE, answers_to, of_kind
from tests.votes import a_ballot

CHECKER = os.environ.get("NU_CHECKER", "")
"""Without one this file is not collected, see tests/conftest.py; `make audit` says so."""
WRAPPED = '<!doctype html><html lang="en"><head><title>A page of another site</title></head><body>{}</body></html>'
VIEWS = ("/p/{}/", "/p/{}/results/", "/embed/{}/", "/embed/{}/?show=results")

pytestmark = pytest.mark.wide

type Page = tuple[str, httpx.Response]


def test_the_w3c_finds_no_error(vera: Browser, victor: Browser, tmp_path: Path) -> None:
    pages = [*_of_polls(vera), *_of_votes(victor), *_of_refusals(vera), *_of_doors(vera)]
    for number, (name, answer) in enumerate(pages):
        kind = "svg" if "svg" in answer.headers["content-type"] else "html"
        whole = kind == "svg" or "<!doctype" in answer.text[:20].lower()
        file = f"{number:03}-{re.sub('[^a-z0-9]+', '-', name.lower())}.{kind}"
        (tmp_path / file).write_text(answer.text if whole else WRAPPED.format(answer.text))
    judged = subprocess.run(
        ["java", "-jar", CHECKER, "--format", "json", "--also-check-svg", "--exit-zero-always", str(tmp_path)],
        capture_output=True,
        check=True,
    )
    told = json.loads(judged.stderr)["messages"]
    bad = [found for found in told if found["type"] != "info" or found.get("subType") == "warning"]
    assert [f"{Path(found['url']).name}: {found['message']} {found.get('extract', '')}" for found in bad] == []
    assert len(pages) > 500


def _look(browser: Browser, name: str, *addresses: str, **headers: str) -> Iterator[Page]:
    for address in addresses:
        yield f"{name} {address}", browser.get(address, headers=headers)


def _of_polls(browser: Browser) -> Iterator[Page]:
    """What a stranger sees of each kind of question and each state of a poll."""
    yield from _look(browser, "nothing listed", "/")
    for poll in _polls():
        addresses = [view.format(poll.slug) for view in VIEWS]
        yield from _look(browser, "page", *addresses, f"/p/{poll.slug}/changes/", f"/p/{poll.slug}/ballots/")
        yield from _look(browser, "fragment", *addresses[:2], **HTMX)
        yield from _look(browser, "picture", f"/p/{poll.slug}/results.svg", f"/p/{poll.slug}/results.svg?shape=card")
        yield from _look(browser, "moving", f"/live/{poll.slug}/now") if poll.reveal == Reveal.ALWAYS else ()
    yield from _look(browser, "list", "/")


def _polls() -> Iterator[Poll]:
    for kind in Kind:
        poll = of_kind(kind, write_in=kind in {Kind.SINGLE, Kind.MULTIPLE, Kind.APPROVAL})
        yield poll
    for words in ({}, {"language": "ar"}):
        draft = a_draft(title=HOSTILE, intro="A few\nwords.", **words)
        a_question(draft, "One?", ("A", HOSTILE), hint=HOSTILE)
        a_question(draft, "How likely?", ("How likely?",), kind="rating", scale="nps", lowest=0, highest=10)
        a_question(draft, "How good?", kind="rating", low_label="bad", high_label="good", scale="likert")
        a_question(draft, "In which order?", kind="ranked", equal_ranks=True, required=False)
        a_question(draft, "Of a hundred?", kind="score", highest=100, required=False)
        a_question(draft, "Why?", (), kind="text", required=False)
        yield lifecycle.publish(draft, at=now())
    quizzed = a_draft()
    a_question(quizzed, explanation="Because.").choices.filter(text="A").update(right=True)
    yield lifecycle.publish(quizzed, at=now())
    pictured = a_poll()
    picture = {"picture": "choices/2026/0123456789abcdef01234567.webp", "picture_alt": 'A "bridge"'}
    pictured.questions.get().choices.update(**picture)
    Poll.objects.filter(pk=pictured.pk).update(version=pictured.version + 1)
    yield pictured
    spoken = a_poll(title="Which?", closes_at=now() + timedelta(days=2))
    for code in ("de", "ar"):
        translations.translate(spoken, code, {"title": f"Which? {code}"}, editor=None)
    yield spoken
    theme = Theme(name="Mine", css=".choice { border-width: 2px }")
    themes.save(theme)
    yield a_poll(theme=theme)
    yield from (a_poll(reveal=reveal) for reveal in Reveal)
    yield from (a_poll(policy=policy, network_allowance=9) for policy in Policy)
    yield a_poll(opens_at=now() + timedelta(days=2))
    for fields in ({}, {"ballots_published": True}, {"reveal": Reveal.NEVER}):
        closed = a_poll(**fields)
        for place in (0, 0, 1):
            a_ballot(closed, place)
        corrections.withdraw_choice(choices_of(closed)[2], reason="Sold out", editor=None, at=now())
        yield lifecycle.close(closed, at=now())
    yield lifecycle.archive(lifecycle.close(a_poll(theme=theme), at=now()), at=now())


def _of_votes(voter: Browser) -> Iterator[Page]:
    """From the ballot to what comes after it, and second thoughts."""
    for kind in Kind:
        poll = of_kind(kind)
        yield from _voted(voter, poll, answers_to(poll)[kind])
    for reveal in (Reveal.AFTER_CLOSE, Reveal.NEVER, Reveal.AFTER_VOTING):
        poll = a_poll(reveal=reveal, ballots_published=True)
        yield from _voted(voter, poll, answers_to(poll)[Kind.SINGLE])
    poll = a_poll(changes_allowed=True)
    yield from _voted(voter, poll, answers_to(poll)[Kind.SINGLE])
    yield from _look(
        voter, "again", f"/p/{poll.slug}/?show=ballot", f"/p/{poll.slug}/withdraw/", f"/embed/{poll.slug}/withdraw/"
    )
    paper = {"paper": voter.paper(poll.slug)}
    yield "withdrawn", voter.post(f"/p/{poll.slug}/withdraw/", data=paper, headers=HTMX)
    yield "withdrawn twice", voter.post(f"/p/{poll.slug}/withdraw/", data=paper)
    published = a_poll(ballots_published=True)
    code = _receipt(voter, published)
    lifecycle.close(published, at=now())
    yield from _look(voter, "found", *(f"/p/{published.slug}/ballots/?code={each}" for each in (code, "nothing")))


def _voted(voter: Browser, poll: Poll, answer: Answer) -> Iterator[Page]:
    door = next(door for door in DOORS if isinstance(door, FormDoor) and door.name == "frame-fragment")
    reply = door.vote(voter, poll.slug, [answer], voter.paper(poll.slug))
    assert reply.counted
    yield f"counted {poll.slug}", reply.response
    yield f"twice {poll.slug}", door.vote(voter, poll.slug, [answer], voter.paper(poll.slug)).response
    yield from _look(voter, "back", *(view.format(poll.slug) for view in VIEWS))


def _receipt(voter: Browser, poll: Poll) -> str:
    question, choice = poll.questions.get(), choices_of(poll)[0]
    fields = {"paper": voter.paper(poll.slug), f"q{question.pk}": choice.pk}
    card = voter.post(f"/p/{poll.slug}/vote/", data=fields, headers=HTMX).text
    found = re.search(r"<code[^>]*>([^<]+)</code>", card)
    assert found
    return found[1]


def _of_refusals(browser: Browser) -> Iterator[Page]:
    """What can't be counted, at each door that answers with HTML."""
    for name, arranged in ATTEMPTS.items():
        for door in DOORS:
            if isinstance(door, FormDoor):
                attempt = arranged.arrange()
                told = {"extra": attempt.extra, "headers": attempt.headers}
                yield name, door.vote(browser, attempt.slug, attempt.answers, attempt.paper, **told).response


def _of_doors(browser: Browser) -> Iterator[Page]:
    """What belongs to no ballot: signing in, invitations, and addresses where nothing is."""
    account, invited = a_poll(policy=Policy.ACCOUNT), a_poll(policy=Policy.INVITATION)
    (issued,) = invitations.issue(invited, 1)
    yield from _look(
        browser, "invited", f"/p/{invited.slug}/?invitation={issued.code}", f"/embed/{invited.slug}/?invitation=x"
    )
    sign_in = f"/accounts/login/?next=/p/{account.slug}/"
    yield from _look(browser, "door", sign_in, "/accounts/logout/", "/accounts/login/")
    token = re.search('csrfmiddlewaretoken" value="([^"]+)', browser.get(sign_in).text)
    assert token
    wrong = {"username": "x", "password": "y", "csrfmiddlewaretoken": token[1]}
    yield "wrong password", browser.post(sign_in, data=wrong, headers={"Referer": f"https://polls.test{sign_in}"})
    yield from _look(browser, "nothing", "/p/nothing/", "/embed/nothing/", "/nowhere", f"/p/{a_draft().slug}/")
    yield from _look(browser, "fragment of nothing", "/p/nothing/", **HTMX)
    yield "wrong method", browser.post("/")
    yield from _look(browser, "wrong method", f"/p/{account.slug}/vote/", f"/embed/{account.slug}/vote/")
