"""Published ballots and the log of changes: what anyone can read, check and count, and what stays unsaid."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from polls import ballots, corrections, lifecycle, publishing, retention, snapshots, tallies
from polls.kinds import Answer
from polls.models import Ballot, Mark, Poll
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, choices_of, now
from tests.doors import ApiDoor

CODE = re.compile(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}")
RANKINGS = ["ABC", "ABC", "BCA", "CA", "C"]


def published(**fields: Any) -> Poll:
    return a_poll(ballots_published=True, question={"kind": "ranked"}, **fields)


def rank(browser: Browser, poll: Poll, order: str) -> str:
    """A ballot of somebody new; gives its receipt code."""
    ids = dict(zip("ABC", (choice.pk for choice in choices_of(poll)), strict=True))
    answer = Answer(poll.questions.get().pk, ranking=tuple((ids[one],) for one in order))
    browser.client.cookies.clear()
    reply = ApiDoor().vote(browser, poll.slug, [answer], browser.paper(poll.slug))
    assert reply.counted
    code: str = reply.response.json()["receipt_code"]
    return code


@pytest.fixture
def closed(vera: Browser) -> Poll:
    poll = published()
    for order in RANKINGS:
        rank(vera, poll, order)
    return lifecycle.close(poll, at=now())


def listed(browser: Browser, poll: Poll, query: str = "") -> dict[str, Any]:
    told: dict[str, Any] = browser.get(f"/api/v1/polls/{poll.slug}/ballots{query}").json()
    return told


def test_a_voter_is_told_that_the_code_is_shown_only_once(vera: Browser) -> None:
    poll = a_poll(ballots_published=True)
    choice = choices_of(poll)[0]
    sent = {"paper": vera.paper(poll.slug), f"q{choice.question_id}": choice.pk}
    told, again = "Write it down now: it is shown only this once.", f"/p/{poll.slug}/results/"
    counted = vera.post(f"/p/{poll.slug}/vote/", data=sent, headers={"HX-Request": "true"}).text
    assert (told in counted, bool(CODE.search(counted))) == (True, True)
    later = vera.get(again).text
    assert (told in later, bool(CODE.search(later))) == (False, False)


def test_a_voter_finds_the_own_ballot_by_its_code(vera: Browser) -> None:
    poll = published()
    code = rank(vera, poll, "BA")
    rank(vera, poll, "CAB")
    lifecycle.close(poll, at=now())
    for typed in (code, code.lower().replace("-", " "), f"  {code} "):
        answer = vera.get(f"/p/{poll.slug}/ballots/", params={"code": typed})
        assert "This ballot is counted:" in answer.text
        assert re.findall(r"<li>(\d\. \w)</li>", answer.text) == ["1. B", "2. A"]
        assert "no-store" in answer.headers["cache-control"]
    (found,) = listed(vera, poll, f"?receipt={code}")["ballots"]
    b, a = found["answers"][0]["ranking"]
    assert [b, a] == [[choices_of(poll)[1].pk], [choices_of(poll)[0].pk]]


@pytest.mark.parametrize("code", ["AAAA-AAAA-AAAA-AAAA", "<script>alert(1)</script>", "\x00", "x" * 500, "ÄÖ%"])
def test_a_code_that_is_none_is_told_so(code: str, closed: Poll, vera: Browser) -> None:
    text = vera.get(f"/p/{closed.slug}/ballots/", params={"code": code}).text
    assert 'data-code="ballot_unknown"' in text
    assert "<script>alert" not in text
    assert vera.get(f"/api/v1/polls/{closed.slug}/ballots", params={"receipt": code}).json()["code"] == "ballot_unknown"


def test_ballots_are_listed_by_codes_a_page_at_a_time(closed: Poll, vera: Browser) -> None:
    everything = [ballot["receipt"] for ballot in listed(vera, closed)["ballots"]]
    assert everything == sorted(everything)
    assert len(everything) == listed(vera, closed)["number"] == len(RANKINGS)
    seen, address = [], f"/api/v1/polls/{closed.slug}/ballots?limit=2"
    while address:
        page = vera.get(address).json()
        seen.append([ballot["receipt"] for ballot in page["ballots"]])
        address = page["next"]
    assert seen == [everything[:2], everything[2:4], everything[4:]]
    snapshot = snapshots.of(closed)
    last = publishing.page(snapshot, after=publishing.normalised(everything[1]), most=2)
    first = publishing.page(snapshot, before=last.before, most=2)
    assert [publishing.normalised(code) for code in everything[:2]] == [ballot.code for ballot in first.ballots]
    assert (first.before, first.after) == ("", first.ballots[-1].code)


def test_pages_lead_on_and_back(closed: Poll, vera: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = [ballot["receipt"] for ballot in listed(vera, closed)["ballots"]]
    middle = vera.get(f"/p/{closed.slug}/ballots/?after={everything[1]}").text
    assert CODE.findall(middle) == everything[2:]
    back = re.search(r'rel="prev" href="([^"]+)"', middle)
    assert back
    assert CODE.findall(vera.get(unescape(back[1])).text) == everything[:2]


@pytest.mark.parametrize("file_format", ["csv", "json", "abif", "blt"])
def test_a_published_file_counts_to_the_published_result(
    file_format: str, closed: Poll, vera: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = next(line["url"] for line in listed(vera, closed)["files"] if line["format"] == file_format)
    answer = vera.get(address)
    codes = {ballot["receipt"] for ballot in listed(vera, closed)["ballots"]}
    assert set(CODE.findall(answer.text)) == codes
    assert "attachment" in answer.headers["content-disposition"]
    path = tmp_path / f"ballots.{file_format}"
    path.write_bytes(answer.content)
    call_command("count", str(path), rule="irv", seed=closed.questions.get().seed, json=True)
    counted = json.loads(capsys.readouterr().out)
    assert counted["ballots"] == len(RANKINGS)
    snapshot = snapshots.of(closed)
    names = {choice.pk: choice.text for choice in choices_of(closed)}
    (winner,) = tallies.results(snapshot, tallies.load(snapshot))[0].comparison.deciding.winners  # type: ignore[union-attr]
    assert counted.get("names", {}).get(str(counted["winners"][0]), counted["winners"][0]) == names[winner]


def test_a_file_is_written_a_page_at_a_time(closed: Poll, vera: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "AT_ONCE", 2)
    pieces = publishing.written(snapshots.of(closed), snapshots.of(closed).questions[0], file_format="csv")
    head = [next(pieces) for _ in range(3)]
    Mark.objects.all().delete()
    assert len(head) + len(list(pieces)) == 3, "what comes later was read already"
    from polls import audit

    audit.rebuild(closed)


@pytest.mark.parametrize(
    ("fields", "close", "code"),
    [
        ({}, True, "ballots_unpublished"),
        ({"ballots_published": True}, False, "ballots_after_close"),
        ({"ballots_published": True, "reveal": "never"}, True, "results_hidden"),
    ],
    ids=["unpublished", "open", "hidden"],
)
def test_where_ballots_are_not_shown_a_sentence_says_why(
    fields: dict[str, Any], close: bool, code: str, vera: Browser
) -> None:
    poll = a_poll(choices=["Pizza", "Soup"], **fields)
    first = choices_of(poll)[0]
    ApiDoor().vote(vera, poll.slug, [(first.question_id, [first.pk])], vera.paper(poll.slug))
    if close:
        lifecycle.close(poll, at=now())
    told = vera.get(f"/api/v1/polls/{poll.slug}/ballots")
    assert (told.status_code, told.json()["code"]) == (403, code)
    page = vera.get(f"/p/{poll.slug}/ballots/")
    assert (page.status_code, told.json()["detail"] in unescape(page.text)) == (200, True)
    mine = Ballot.objects.values_list("receipt", flat=True).get() or "A" * 16
    everything = page.text + vera.get(f"/p/{poll.slug}/ballots/?code={mine}").text
    file = vera.get(f"/p/{poll.slug}/ballots/{first.question_id}.csv")
    assert file.status_code == 403
    assert "Pizza" not in everything + file.text
    assert "Published ballots</a>" not in vera.get(f"/p/{poll.slug}/results/").text


def test_a_secret_poll_tells_neither_order_nor_time_nor_door(vera: Browser) -> None:
    poll = published(anonymous=True)
    codes = [rank(vera, poll, "ABC") for _ in range(8)]
    lifecycle.close(poll, at=now())
    told = listed(vera, poll)
    assert [ballot["receipt"] for ballot in told["ballots"]] == sorted(codes) != codes
    known = {"slug", "number", "ballots", "next", "files"}
    assert told.keys() == known
    assert all(ballot.keys() == {"receipt", "set_aside", "answers"} for ballot in told["ballots"])
    row = Ballot.objects.first()
    assert row
    files = [vera.get(line["url"]).text for line in told["files"]]
    text = vera.get(f"/p/{poll.slug}/ballots/").text + json.dumps(told) + "".join(files)
    for secret in (row.voter_key, row.nonce, row.cast_at.isoformat()[:10], '"api"'):
        assert secret not in text


def test_texts_are_not_listed_beside_votes(vera: Browser) -> None:
    draft = a_draft(ballots_published=True)
    a_question(draft, "Which?", write_in=True)
    a_question(draft, "Why?", choices=(), kind="text", required=False)
    poll = lifecycle.publish(draft, at=now())
    which, why = poll.questions.all()
    said = [Answer(which.pk, text="It is me, Vera"), Answer(why.pk, text="Vera says so")]
    assert ApiDoor().vote(vera, poll.slug, said, vera.paper(poll.slug)).counted
    Mark.objects.update(shown_at=now())
    lifecycle.close(poll, at=now())
    page = unescape(vera.get(f"/p/{poll.slug}/ballots/").text)
    assert "Something else" in page
    assert "A text, which is not listed" in page
    (ballot,) = listed(vera, poll)["ballots"]
    assert [answer["wrote"] for answer in ballot["answers"]] == [True, True]
    files = [line["url"] for line in listed(vera, poll)["files"]]
    assert {address.rpartition("/")[2].partition(".")[0] for address in files} == {str(which.pk)}
    assert "Vera" not in page + json.dumps(ballot) + "".join(vera.get(address).text for address in files)
    assert vera.get(f"/p/{poll.slug}/ballots/{why.pk}.csv").status_code == 404


def test_a_ballot_that_is_set_aside_is_neither_listed_nor_told(vera: Browser) -> None:
    poll = published()
    code = rank(vera, poll, "ABC")
    ballots.set_aside(poll, Ballot.objects.values_list("pk", flat=True), reason="editor", at=now())
    lifecycle.close(poll, at=now())
    assert listed(vera, poll)["ballots"] == []
    text = vera.get(f"/p/{poll.slug}/ballots/", params={"code": code}).text
    assert "set aside" in text
    assert "1. A" not in text


def test_a_code_finds_its_ballot_when_voters_are_forgotten_and_no_wrong_code_is_told(vera: Browser) -> None:
    poll = published(retention_days=1)
    code = rank(vera, poll, "ABC")
    lifecycle.close(poll, at=now())
    retention.erase(poll, at=now())
    assert code in CODE.findall(vera.get(f"/p/{poll.slug}/ballots/?code={code}").text)


def test_results_and_receipt_lead_to_the_ballots(vera: Browser) -> None:
    poll = published()
    choice = choices_of(poll)[0]
    sent = {"paper": vera.paper(poll.slug), f"q{choice.question_id}_rank_{choice.pk}": "1"}
    address = f'href="/p/{poll.slug}/ballots/"'
    assert address in vera.post(f"/p/{poll.slug}/vote/", data=sent, headers={"HX-Request": "true"}).text
    lifecycle.close(poll, at=now())
    vera.client.cookies.clear()
    assert address in vera.get(f"/p/{poll.slug}/results/").text
    assert f'{address} target="_blank"' in vera.get(f"/embed/{poll.slug}/").text


# Changes.


def test_what_was_changed_after_the_first_vote_is_told_to_everyone(vera: Browser, victor: Browser) -> None:
    poll = a_poll(choices=["Pizzza", "Soup", "Cake"])
    first, _, cake = choices_of(poll)
    assert "changes/" not in victor.get(f"/p/{poll.slug}/").text
    assert "No text and no choice was changed." in victor.get(f"/p/{poll.slug}/changes/").text
    assert ApiDoor().vote(vera, poll.slug, [(first.question_id, [first.pk])], vera.paper(poll.slug)).counted
    corrections.correct(first, "Pizza", reason="A typo <b>here</b>.", editor=None)
    corrections.withdraw_choice(cake, reason="Eaten.", editor=None, at=now())
    for address in (f"/p/{poll.slug}/", f"/p/{poll.slug}/results/", f"/embed/{poll.slug}/"):
        assert f'href="/p/{poll.slug}/changes/"' in victor.get(address).text
    text = victor.get(f"/p/{poll.slug}/changes/").text
    assert re.search(r'<time datetime="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ">', text), "HTML takes no millionths of a second"
    assert "<del>Pizzza</del>" in text
    assert "<ins>Pizza</ins>" in text
    assert "A typo &lt;b&gt;here&lt;/b&gt;." in text
    assert "Votes for it stay counted and are shown as withdrawn." in text
    assert text.index("Eaten.") < text.index("A typo"), "the newest first"
    assert f'<time datetime="{now():%Y-%m-%d}' in text
    told = victor.get(f"/api/v1/polls/{poll.slug}").json()["changes"]
    assert [(change["before"], change["after"]) for change in told] == [("Pizzza", "Pizza"), ("Cake", "")]
    assert told[0].keys() == {"what", "before", "after", "reason", "made_at"}
