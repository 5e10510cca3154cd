"""Polls of one pattern share what is written for their cards, and no word of one stands in another's."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from polls import lifecycle, refusals, snapshots, tallies, translations
from polls.kinds import KINDS
from polls.models import Poll
from polls.snapshots import PollSnapshot
from polls.tallies import TallySnapshot
from polls.terms import Kind
from tests.builders import a_draft, a_question, now
from tests.kinds import HOSTILE, answers_to
from ui import prints
from ui.entries import Entry, Reading
from ui.faces import Face
from ui.prints import Personal, patterns
from ui.prints.patterns import Pattern
from ui.tongues import Tongue

ENGLISH, ARABIC = Tongue("en", "en"), Tongue("ar", "ar", by_name=True)
FACES = [
    Face(framed=False, fragment=False, tongue=ENGLISH),
    Face(framed=False, fragment=False, tongue=ARABIC),
    Face(framed=True, fragment=False, tongue=ARABIC),
    Face(framed=False, fragment=True, tongue=ENGLISH, away=True, origin="https://polls.example"),
]


def _poll(kind: Kind, said: str) -> Poll:
    """All texts are `said` and something more. Choices are shuffled, or one says what the question says."""
    shuffled = kind == Kind.APPROVAL
    draft = a_draft(title=f"{said} title", intro=f"{said}\nintro", closes_at=now() + timedelta(days=len(said)))
    told = {"hint": f"{said} hint", "low_label": f"{said} low", "explanation": f"{said}\nexplained"}
    choices = () if kind == Kind.TEXT else (f"{said} A", f"{said} {'B' if shuffled else 'asked'}", f"{said} C")
    question = a_question(draft, f"{said} asked", choices, kind=kind, shuffled=shuffled, **told)
    question.choices.update(picture=f"{said}.webp", picture_alt=said)
    question.choices.filter(position=0).update(right=kind == Kind.SINGLE)
    words = {"title": f"{said} عنوان"} | {
        f"choice-{one.pk}-text": f"{said} ج {one.pk}" for one in question.choices.all()
    }
    translations.translate(draft, "ar", words, editor=None)
    return lifecycle.publish(draft, at=now())


def _cards(poll: PollSnapshot, tally: TallySnapshot) -> Iterator[str]:
    """What is said of a poll, printed as if nobody had looked at it."""
    at, reading = now(), Reading(tally, tuple(tallies.results(poll, tally)))
    personal = Personal(said="Thanks.", again=True, receipt="receipt")
    for face in FACES:
        entry = Entry(poll, tally, 0.0, reading=reading)
        yield prints.form(entry, face, paper="paper", at=at, order=7, again=True).decode()
        yield prints.results(entry, face, reading, at=at, personal=personal, told=True).decode()
        yield prints.parts(entry, face, reading, at=at).decode()
        yield prints.veiled(entry, face, at=at, personal=personal).decode()
        yield prints.note(entry, face, at=at, why=refusals.ResultsAfterClose()).decode()
        yield prints.sign_in(entry, face, at=at).decode()


@pytest.mark.parametrize("kind", list(Kind))
def test_a_card_that_polls_share_says_what_a_card_of_its_own_would(
    kind: Kind, house: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    patterns.kept.clear()
    written = []
    for said in ("Ours", HOSTILE):
        poll = _poll(kind, said)
        shown = snapshots.of(poll)
        marks = KINDS[kind].read(shown.questions[0], answers_to(poll)[kind])
        tally = TallySnapshot(1, 1, {shown.questions[0].id: dict.fromkeys(["", *KINDS[kind].said(marks)], 1)})
        cards = list(_cards(shown, tally))
        written.append(len(patterns.kept))
    assert 0 < written[0] == written[1], "the second poll's cards are written as well"
    monkeypatch.setattr(patterns, "of", lambda poll, phase: Pattern(poll, (), ()))
    assert cards == list(_cards(shown, tally))
