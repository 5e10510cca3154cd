"""The desk's page of results says what the card says, as far as it was promised, and counts nothing twice."""

import csv
import re
from collections.abc import Sequence
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from polls import lifecycle, refusals, snapshots, tallies
from polls.ballots import moderation
from polls.kinds import Answer
from polls.models import Mark, Poll
from polls.terms import Reveal
from tests.browser import Browser
from tests.builders import a_draft, a_poll, a_question, now
from tests.desk import an_editor, at_desk
from tests.doors import ApiDoor
from tests.votes import a_ballot

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
