"""What voters wrote is read, shown, hidden and merged on one page."""

import html
import re

from django.contrib.auth.models import User
from django.test import Client

from polls import lifecycle, snapshots, tallies
from polls.models import Mark, Poll
from tests.builders import a_poll, a_question, choices_of, now
from tests.desk import told
from tests.votes import a_writing

HOSTILE = "<script>alert(1)</script>{{7*7}}"


def a_writing_poll(**fields: object) -> Poll:
    poll = a_poll(organiser=User.objects.get(), question={"write_in": True}, **fields)
    for text in ("Ramen", "Ramen", "ramen!", HOSTILE):
        a_writing(poll, text)
    return poll


def address(poll: Poll, state: str = "") -> str:
    return f"/admin/polls/poll/{poll.pk}/texts/" + (f"?state={state}" if state else "")


def mark(text: str) -> int:
    return Mark.objects.filter(text=text).order_by("id")[0].pk


def shown(poll: Poll) -> tuple[str, ...]:
    snapshot = snapshots.of(poll)
    return tallies.load(snapshot).texts[snapshot.questions[0].id]


def test_texts_wait_and_are_shown_and_hidden_equal_ones_together(desk: Client) -> None:
    poll = a_writing_poll()
    page = desk.get(address(poll)).content.decode()
    assert "× 2" in page
    assert HOSTILE not in page
    assert html.escape(HOSTILE) in page
    assert re.search(r"To be read.*?<strong>4</strong> texts", desk.get("/admin/").content.decode(), re.DOTALL)
    assert "2 texts are shown now." in told(desk.post(address(poll), {"deed": "show", "chosen": mark("Ramen")}))
    assert shown(poll) == ("Ramen",)
    desk.post(address(poll, "shown"), {"deed": "hide", "chosen": mark("Ramen")})
    assert shown(poll) == ()
    assert "Ramen" in desk.get(address(poll, "hidden")).content.decode()


def test_write_ins_are_merged_into_a_choice_or_another_and_it_is_undone(desk: Client) -> None:
    poll = a_writing_poll()
    question = poll.questions.get()
    deed, into = f"merge:{question.pk}", f"into-{question.pk}"
    desk.post(address(poll), {"deed": deed, "chosen": mark("ramen!"), into: f"words-{mark('Ramen')}"})
    assert Mark.objects.get(text="ramen!").read_as == "Ramen"
    first = choices_of(poll)[0]
    desk.post(address(poll), {"deed": deed, "chosen": mark("Ramen"), into: f"choice-{first.pk}"})
    assert first.marks.count() == 3
    page = desk.get(address(poll, "merged")).content.decode()
    assert f"<bdi>{first.text}</bdi>" in page
    desk.post(address(poll, "merged"), {"deed": "part", "chosen": [mark("Ramen"), mark("ramen!")]})
    assert not first.marks.exists()
    assert not Mark.objects.exclude(read_as=None).exists()
    assert poll.changes.count() == 2


NOWHERE = [
    "",
    "choice-0",
    "words-0",
    "choice-{foreign}",
    "nonsense",
    "choice-²",
    "words-²",
    "words-99999999999999999999",
]


def test_a_merge_into_nothing_of_this_question_is_refused(desk: Client) -> None:
    poll, other = a_writing_poll(), a_poll()
    question, foreign = poll.questions.get().pk, choices_of(other)[0].pk
    sent = {"deed": f"merge:{question}", "chosen": mark("Ramen")}
    for into in NOWHERE:
        desk.cookies.pop("messages", None)
        said = told(desk.post(address(poll), sent | {f"into-{question}": into.format(foreign=foreign)}))
        assert "Say what the write-ins are to be merged into" in said, into
        assert not Mark.objects.exclude(choice=None).exists(), into


def test_texts_are_results_and_are_read_when_results_are(desk: Client) -> None:
    polls = [a_writing_poll(reveal="after_close"), a_writing_poll(anonymous=True)]
    for answer in (*(desk.get(address(poll)) for poll in polls), desk.get("/admin/")):
        assert "Ramen" not in answer.content.decode()
        assert "To be read" not in answer.content.decode()
    for poll in polls:
        ramen = Mark.objects.filter(text="Ramen", question__poll=poll)
        desk.post(address(poll), {"deed": "show", "chosen": ramen.values_list("pk", flat=True)[0]})
        assert not Mark.objects.exclude(shown_at=None).exists()
        lifecycle.close(poll, at=now())
        assert "Ramen" in desk.get(address(poll)).content.decode()


def test_results_of_shuffled_choices_stand_in_the_editors_order(desk: Client) -> None:
    poll = a_poll(organiser=User.objects.get(), choices=["Delta", "Alpha", "Charlie"], question={"shuffled": True})
    a_question(poll, "And?", ["Z", "A"], shuffled=True)
    pages = [desk.get(f"/admin/polls/poll/{poll.pk}/results/"), desk.get(f"/preview/{poll.pk}/?show=results")]
    for page in pages:
        bars = page.content.decode().partition("desk-bars")[2] or page.content.decode()
        assert bars.index("Delta") < bars.index("Alpha") < bars.index("Charlie")


def test_the_overview_finds_what_waits_in_an_old_poll_among_many_that_wait_for_nothing(desk: Client) -> None:
    old = a_writing_poll()
    new = [a_poll(organiser=User.objects.get(), question={"write_in": True}) for _ in range(7)]
    assert [(line["poll"], line["number"]) for line in desk.get("/admin/").context_data["to_read"]] == [(old, 4)]
    for poll in new:
        a_writing(poll, "Tea")
    assert [line["poll"] for line in desk.get("/admin/").context_data["to_read"]] == new[:0:-1]
