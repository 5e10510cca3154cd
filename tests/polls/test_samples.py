from collections.abc import Callable, Sequence

import pytest
from django.core.management import call_command

from polls import samples, snapshots, tallies
from polls.models import Ballot, Choice, Mark, Poll, Question
from polls.sample_texts import SamplePoll
from polls.samples import SAMPLES
from polls.terms import Kind, Phase
from tests.builders import a_draft, a_poll, now

pytestmark = pytest.mark.usefixtures("house")

type Said = Callable[[], str]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    def said() -> str:
        return capsys.readouterr().out.strip()

    return said


def test_samples_are_of_every_kind_and_mood_come_again_as_they_were_and_go_alone(said: Said) -> None:
    call_command("load_samples")
    assert said().startswith("Added ")
    _are_of_different_moods()
    _are_counted_as_all_are()
    _show_something_of_each_kind()
    assert not Ballot.objects.filter(cast_at__gt=now()).exists()
    voted, illustrated = _votes("night-bus"), Choice.objects.exclude(picture="").first()
    assert illustrated
    assert illustrated.picture.storage.exists(illustrated.picture.name)
    samples.purge()
    assert not Poll.objects.exists()
    assert not illustrated.picture.storage.exists(illustrated.picture.name)

    mine = a_poll()
    namesakes = _at_the_addresses_of(SAMPLES, but={"night-bus", "swimming-pool"})
    call_command("load_samples")
    assert said().startswith("Added 2 ")
    assert _votes("night-bus") == voted, "another crowd"
    cast = Ballot.objects.count()
    call_command("load_samples")
    assert said() == "The sample polls are there already."
    assert Ballot.objects.count() == cast

    call_command("load_samples", "--purge")
    assert said().splitlines()[-1].startswith("Removed 2 sample polls")
    assert set(Poll.objects.values_list("pk", flat=True)) == {mine.pk} | namesakes
    assert not Ballot.objects.exists()
    call_command("load_samples", "--purge")
    assert said() == "There are no sample polls."


def _at_the_addresses_of(samples: Sequence[SamplePoll], *, but: set[str]) -> set[int]:
    """Polls of somebody's own."""
    addresses = {sample.slug for sample in samples}
    assert but < addresses
    return {a_draft(slug=slug, title="My own question at this address").pk for slug in addresses - but}


def _are_of_different_moods() -> None:
    polls = list(Poll.objects.all())
    assert len(polls) >= 8
    assert {poll.phase(now()) for poll in polls} == {Phase.SCHEDULED, Phase.OPEN, Phase.CLOSED}
    assert {poll.language for poll in polls} >= {"en", "de", "ar"}
    assert any(poll.questions.count() > 1 for poll in polls)
    assert any(question.minimum > 1 for poll in polls for question in poll.questions.all())


def _are_counted_as_all_are() -> None:
    for told in SAMPLES:
        poll = snapshots.load(told.slug)
        assert poll
        tally = tallies.load(poll)
        assert Ballot.objects.filter(poll=poll.id).count() == tally.ballots == told.ballots
        for question in poll.questions:
            if question.kind not in {Kind.SINGLE, Kind.MULTIPLE, Kind.APPROVAL}:
                continue
            for choice in question.choices:
                counted = tally.counters[question.id].get(str(choice.id), 0)
                assert counted == Mark.objects.filter(choice=choice.id).count()


def _show_something_of_each_kind() -> None:
    questions = list(Question.objects.all())
    assert {question.kind for question in questions} == set(Kind)
    assert any(question.write_in for question in questions)
    assert any(question.choices.filter(right=True).exists() for question in questions)
    assert Mark.objects.filter(shown_at__isnull=False, written=False).exists()
    pool = snapshots.load("swimming-pool")
    assert pool
    comparison = tallies.results(pool, tallies.load(pool))[0].comparison
    assert comparison
    assert comparison.disagree


def _votes(slug: str) -> list[tuple[str, int]]:
    # By their columns: "ballot" would join all ballots, slowly where PostgreSQL knows only of those just deleted.
    marks = Mark.objects.filter(question__poll__slug=slug).order_by("ballot_id", "choice_id")
    return [(mark.choice.text, mark.choice.position) for mark in marks.select_related("choice") if mark.choice]
