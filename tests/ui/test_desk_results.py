"""The desk's page of results says what the card says, as far as it was promised, and counts nothing twice."""

import csv
import re
from collections.abc import Sequence
from io import StringIO
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from polls import lifecycle, refusals, snapshots, tallies
from polls.ballots import moderation
from polls.kinds import Answer
from polls.models import Mark, Poll
from polls.terms import Kind, Reveal
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, now
from tests.desk import an_editor, at_desk
from tests.doors import ApiDoor
from tests.votes import a_ballot, a_writing, an_answer

# Verdicts, grades and how it was counted, and of each row the figure and what it is of.
FOLDS = re.compile(
    r'<p class="(?:verdict|dissent|aside)">.*?</p>|<details.*?</details>|<ul class="texts">.*?</ul>', re.DOTALL
)
CARD_FIGURES = re.compile(r'<span class="figure">.*?<strong>(.*?)</strong>.*?<small>(.*?)</small>', re.DOTALL)
DESK_FIGURES = re.compile(r'<span class="desk-figure"><strong>(.*?)</strong> <small>(.*?)</small>', re.DOTALL)


@pytest.fixture
def desk(house: None) -> Client:
    return at_desk(an_editor("olive", is_superuser=True))


def page(desk: Client, poll: Poll) -> str:
    return desk.get(f"/admin/polls/poll/{poll.pk}/results/").content.decode()


def moved(desk: Client, poll: Poll, tag: str = "", **more: Any) -> Any:
    """What the page of results is answered when it asks what has moved since this tag."""
    return desk.get(f"/admin/polls/poll/{poll.pk}/results/now/", headers={"If-None-Match": tag}, **more)


def tag_in(text: str) -> str:
    return re.findall(r'data-tag="([^"]*)"', text)[0].replace("&quot;", '"')


def a_poll_of_all_kinds() -> Poll:
    draft = a_draft("All kinds")
    a_question(draft, "Which?", ["Tea", "Coffee"], write_in=True)
    a_question(
        draft, "Would you come again?", ["Would you come again?"], kind="rating", scale="numbers", lowest=0, highest=10
    )
    a_question(draft, "How was it?", ["Soup", "Cake"], kind="rating")
    a_question(draft, "Who?", ["Ann", "Ben", "Cem"], kind="ranked", rule="stv", seats=2)
    a_question(draft, "When?", ["Monday", "Friday"], kind="score")
    a_question(draft, "What else?", [], kind="text", required=False)
    return lifecycle.publish(draft, at=now())


def votes(vera: Browser, poll: Poll) -> None:
    which, again, how, who, when, else_ = snapshots.of(poll).questions
    tea, (ann, ben, cem) = which.choices[0].id, (choice.id for choice in who.choices)

    def answers(grade: int, first: Sequence[int], more: Answer) -> list[Answer]:
        return [
            more,
            Answer(again.id, scores=((again.choices[0].id, grade),)),
            Answer(how.id, scores=((how.choices[0].id, grade // 2),)),
            Answer(who.id, ranking=tuple((one,) for one in first)),
            Answer(when.id, scores=tuple(zip((choice.id for choice in when.choices), (5, grade // 2), strict=True))),
        ]

    cast = [
        answers(10, (ann, cem), Answer(which.id, choices=(tea,))),
        answers(9, (ann, cem), Answer(which.id, text="Cocoa")),
        [*answers(6, (ben,), Answer(which.id, choices=(tea,))), Answer(else_.id, text="More chairs")],
    ]
    for ballot in cast:
        vote(vera, poll, ballot)


def vote(vera: Browser, poll: Poll, ballot: Sequence[Answer]) -> None:
    vera.client.cookies.clear()
    assert ApiDoor().vote(vera, poll.slug, ballot, vera.paper(poll.slug)).counted


def test_the_desk_says_of_each_question_what_the_card_says(desk: Client, vera: Browser) -> None:
    poll = a_poll_of_all_kinds()
    votes(vera, poll)
    card, text = vera.get(f"/p/{poll.slug}/results/").text, page(desk, poll)
    # To an editor this is said by a link to the texts.
    folds = [fold for fold in FOLDS.findall(card) if "when an editor has read it" not in fold]
    assert [fold for fold in folds if fold not in text] == []
    said = "".join(folds)
    for words in ("Mean: 8.33", "Net promoter score: 33", "Counted by single transferable vote.", "Round 1:"):
        assert words in said, words
    figures = DESK_FIGURES.findall(text)
    assert figures == CARD_FIGURES.findall(card)
    assert {("67 %", "2"), ("33 %", "1"), ("8.3", "3 grades"), ("15", "points")} <= set(figures)
    assert re.findall(r'<p class="desk-quiet">(\d answers?)', text) == ["3 answers"] * 5 + ["1 answer"]
    assert "Something else" in text
    assert text.count(f'href="/admin/polls/poll/{poll.pk}/texts/">Read what was written') == 2


def test_results_promised_for_the_end_bind_the_desk_until_then(desk: Client) -> None:
    poll = a_poll(reveal=Reveal.AFTER_CLOSE)
    a_ballot(poll)
    text = page(desk, poll)
    assert DESK_FIGURES.findall(text) == []
    assert "The results are shown when the poll has closed." in text
    assert "it holds for this desk too" in text
    assert "1 ballot" in text
    assert DESK_FIGURES.findall(page(desk, lifecycle.close(poll, at=now())))[0] == ("100 %", "1")


def test_results_are_known_to_the_desk_as_they_are_promised_to_voters(house: None) -> None:
    """What the page draws, in every phase."""
    promised, unseen = a_poll(reveal=Reveal.AFTER_CLOSE), a_poll(reveal=Reveal.NEVER)

    def why(poll: Poll) -> str:
        try:
            tallies.check_seen_by_editor(snapshots.of(poll), at=now())
        except refusals.Refusal as refusal:
            return refusal.sentence
        return ""

    never = "The results of this poll are not shown."
    assert why(a_draft()) == "This poll is not open yet."
    assert (why(promised), why(unseen)) == ("The results are shown when the poll has closed.", never)
    closed = [lifecycle.close(poll, at=now()) for poll in (promised, unseen)]
    assert [why(poll) for poll in closed] == ["", never]
    assert [why(lifecycle.archive(poll, at=now())) for poll in closed] == ["", never]


def test_the_pages_of_a_poll_read_no_counters_that_voters_have_seen_counted(desk: Client, vera: Browser) -> None:
    """There may be as many as there are ballots."""
    poll = a_poll(question={"kind": "ranked"})
    vera.get(f"/p/{poll.slug}/results/")
    for address in ("change", "results"):
        with CaptureQueriesContext(connection) as asked:
            text = desk.get(f"/admin/polls/poll/{poll.pk}/{address}/").content.decode()
        assert "Which one?" in text
        assert [query for query in asked.captured_queries if "polls_counter" in query["sql"]] == []


def test_results_are_a_table_for_spreadsheets_in_which_nothing_is_a_formula(vera: Browser, desk: Client) -> None:
    draft = a_draft("Lunch", slug="lunch")
    which = a_question(draft, "=Which?", ["@SUM(A1)", "Tea"], write_in=True)
    a_question(draft, "How was it?", ["Soup"], kind="rating")
    a_question(draft, "What else?", [], kind="text", required=False)
    poll = lifecycle.publish(draft, at=now())
    soup = snapshots.of(poll).questions[1]
    graded = Answer(soup.id, scores=((soup.choices[0].id, 4),))
    vote(vera, poll, [Answer(which.pk, choices=(which.choices.first().pk,)), graded])
    vote(vera, poll, [Answer(which.pk, text="+1, cake"), graded])
    moderation.show(poll, list(Mark.objects.exclude(text=None).values_list("pk", flat=True)), at=now())

    answer = desk.get(f"/admin/polls/poll/{poll.pk}/results.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="lunch.csv"'
    assert f"/admin/polls/poll/{poll.pk}/results.csv" in page(desk, poll)
    assert list(csv.reader(StringIO(answer.content.decode("utf-8-sig")))) == [
        ["question", "answered", "choice", "count", "percent", "mean", "leads", "text"],
        ["'=Which?", "2", "'@SUM(A1)", "1", "50", "", "1", ""],
        ["'=Which?", "2", "Tea", "0", "0", "", "0", ""],
        ["'=Which?", "2", "Something else", "1", "", "", "", ""],
        ["'=Which?", "2", "", "", "", "", "", "'+1, cake"],
        ["How was it?", "2", "Soup", "2", "80", "4", "1", ""],
        ["What else?", "0", "", "", "", "", "", ""],
    ]


def test_a_table_that_is_not_to_be_seen_leads_to_the_page_that_says_why(desk: Client) -> None:
    poll = a_poll(reveal=Reveal.AFTER_CLOSE)
    a_ballot(poll)
    answer = desk.get(f"/admin/polls/poll/{poll.pk}/results.csv")
    assert (answer.status_code, answer.url) == (302, f"/admin/polls/poll/{poll.pk}/results/")


def test_results_of_an_open_poll_say_as_of_when_they_are_by_its_own_clocks(desk: Client) -> None:
    poll = a_poll(time_zone="Asia/Tokyo")
    texts = {
        tongue: desk.get(f"/admin/polls/poll/{poll.pk}/results/", headers={"Accept-Language": tongue})
        for tongue in ("en", "de", "ar")
    }
    as_of = {tongue: re.findall("data-as-of>(.*?)<", text.content.decode())[0] for tongue, text in texts.items()}
    assert re.fullmatch(r"As of 1?\d:\d\d:\d\d [ap]\.m\. JST", as_of["en"])
    assert re.fullmatch(r"Stand: \d\d:\d\d:\d\d JST", as_of["de"])
    assert re.fullmatch(r"حتى الساعة [٠-٩]{1,2}:[٠-٩]{2}:[٠-٩]{2} [صم] JST", as_of["ar"])
    assert "Look again" in page(desk, poll)


@pytest.mark.parametrize("reveal", [Reveal.ALWAYS, Reveal.AFTER_CLOSE])
def test_results_that_stand_still_ask_for_nothing(reveal: Reveal, desk: Client) -> None:
    poll = a_poll(reveal=reveal)
    assert ("data-moves" in page(desk, poll)) == (reveal == Reveal.ALWAYS)
    assert "data-moves" not in page(desk, lifecycle.close(poll, at=now()))


def test_what_has_not_moved_is_not_sent_again_and_what_has_is(desk: Client, vera: Browser) -> None:
    poll = a_poll(question={"kind": Kind.MULTIPLE})
    text = page(desk, poll)
    still = moved(desk, poll, tag_in(text))
    assert (still.status_code, still.content, still["ETag"]) == (304, b"", tag_in(text))
    assert re.fullmatch(r"As of .* UTC", unquote(still["As-Of"]))
    vote(vera, poll, [said_in(poll)])
    answer = moved(desk, poll, tag_in(text))
    told = answer.content.decode()
    assert answer.status_code == 200
    assert '<span data-part="ballots">1 ballot</span>' in told
    whole = page(desk, poll)
    assert told.partition('<div data-part="results">')[2] in whole
    assert DESK_FIGURES.findall(told) == DESK_FIGURES.findall(whole) != DESK_FIGURES.findall(text)
    assert moved(desk, poll, answer["ETag"]).status_code == 304


@pytest.mark.parametrize("kind", [Kind.SINGLE, Kind.TEXT, Kind.RANKED])
def test_a_look_at_what_moves_costs_the_same_however_many_have_voted(kind: Kind, desk: Client) -> None:
    poll = a_poll(choices=[] if kind == Kind.TEXT else ["Tea", "Coffee"], question={"kind": kind})
    looks = []
    for number in (1, 3):
        for _ in range(number):
            a_writing(poll, "More chairs") if kind == Kind.TEXT else an_answer(poll, said_in(poll))
        tag = tag_in(page(desk, poll))
        with CaptureQueriesContext(connection) as asked:
            assert moved(desk, poll, tag).status_code == 304
        looks.append(len(asked))
        assert [
            query for query in asked.captured_queries if re.search('FROM "polls_(counter|ballot|mark)"', query["sql"])
        ] == []
    assert looks[0] == looks[1] <= 4


def said_in(poll: Poll) -> Answer:
    """For the first choice."""
    question = snapshots.of(poll).questions[0]
    tea = question.choices[0].id
    return Answer(question.id, ranking=((tea,),)) if question.kind == Kind.RANKED else Answer(question.id, (tea,))


def test_what_has_moved_is_printed_once_for_all_editors_of_a_language(desk: Client) -> None:
    poll, otto = a_poll(), at_desk(an_editor("otto", is_superuser=True))
    a_ballot(poll)
    assert moved(desk, poll).templates
    again, german = moved(otto, poll), moved(otto, poll, HTTP_ACCEPT_LANGUAGE="de")
    assert again.templates == []
    assert again.content == moved(desk, poll).content
    assert "1 Stimmzettel" in german.content.decode()
    assert german["ETag"] != again["ETag"]


def test_at_the_close_and_where_results_are_hidden_the_page_itself_is_the_answer(desk: Client) -> None:
    closed, promised = lifecycle.close(a_poll(), at=now()), a_poll(reveal=Reveal.AFTER_CLOSE)
    for poll in (closed, promised):
        answer = moved(desk, poll)
        assert (answer.status_code, answer.url) == (302, f"/admin/polls/poll/{poll.pk}/results/")
    assert 'data-said="Final result"' in page(desk, closed)
    assert "Final result" not in page(desk, promised)


def test_what_moves_is_for_those_who_may_see_the_poll(desk: Client) -> None:
    poll = a_poll()
    assert moved(at_desk(an_editor("otto")), poll).status_code == 404
    assert moved(Client(), poll).url.startswith("/admin/login/")


def test_of_a_secret_poll_nothing_moves_with_a_single_ballot(desk: Client, vera: Browser) -> None:
    poll = a_poll(anonymous=True)
    text = page(desk, poll)
    assert "results come in batches of ten" in text
    for _ in range(9):
        vote(vera, poll, [said_in(poll)])
    assert moved(desk, poll, tag_in(text)).status_code == 304
    vote(vera, poll, [said_in(poll)])
    assert "10 ballots" in moved(desk, poll, tag_in(text)).content.decode()
