import io

import pytest
from django.core.management import CommandError, call_command

from polls.models import Counter, Poll, Tally
from tests.browser import Browser
from tests.builders import a_poll, choices_of
from tests.doors import ApiDoor


@pytest.fixture
def poll(vera: Browser) -> Poll:
    poll = a_poll()
    first = choices_of(poll)[0]
    assert ApiDoor().vote(vera, poll.slug, [(first.question_id, [first.pk])], vera.paper(poll.slug)).counted
    return poll


def _run(command: str, *args: str) -> str:
    said = io.StringIO()
    call_command(command, *args, stdout=said, no_color=True)
    return said.getvalue()


def test_verify_tallies_is_content_with_honest_counters(poll: Poll) -> None:
    assert _run("verify_tallies") == "1 poll: every counter is what the ballots say.\n"


def test_verify_tallies_names_a_wrong_counter_and_rebuild_tallies_mends_it(poll: Poll) -> None:
    Counter.objects.filter(said=str(choices_of(poll)[0].pk)).update(count=7)
    Tally.objects.update(ballots=9)
    with pytest.raises(CommandError, match="2 counters are wrong"):
        _run("verify_tallies")
    assert "the counter says 7, the ballots say 1" in _run("rebuild_tallies", poll.slug)
    assert "every counter" in _run("verify_tallies", poll.slug)
    assert "Nothing was wrong" in _run("rebuild_tallies")


def test_a_rebuilt_tally_is_shown_at_once(poll: Poll, vera: Browser) -> None:
    address = f"/api/v1/polls/{poll.slug}/results"
    Counter.objects.filter(said=str(choices_of(poll)[0].pk)).update(count=7)
    _run("rebuild_tallies")
    assert vera.get(address).json()["questions"][0]["choices"][0]["count"] == 1


def test_a_poll_that_is_not_there_is_named(house: None) -> None:
    with pytest.raises(CommandError, match="no poll 'nowhere'"):
        _run("verify_tallies", "nowhere")
