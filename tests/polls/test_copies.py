from datetime import timedelta

import pytest

from polls import copies, lifecycle, slugs
from polls.models import Poll
from polls.terms import Reveal, Status
from tests.builders import a_draft, a_poll, a_question, choices_of, now
from tests.votes import a_ballot

pytestmark = pytest.mark.usefixtures("house")


def test_a_copy_asks_the_same_and_is_a_draft_of_its_own() -> None:
    poll = a_poll(choices=["A", "B"], reveal=Reveal.NEVER, closes_at=now() + timedelta(days=1), intro="Hello")
    a_question(a_draft(), "Not this one")
    a_ballot(poll)
    copy = copies.copy(poll, organiser=None)
    assert (copy.status, copy.reveal, copy.intro) == (Status.DRAFT, Reveal.NEVER, "Hello")
    assert [choice.text for choice in choices_of(copy)] == ["A", "B"]
    assert copy.closes_at is None
    assert copy.slug != poll.slug
    assert copy.key != poll.key
    assert not copy.has_ballots()
    assert lifecycle.publish(copy, at=now()).status == Status.PUBLISHED


def test_a_withdrawn_choice_is_not_copied() -> None:
    poll = a_poll(choices=["A", "B", "C"])
    poll.questions.get().choices.filter(text="B").update(withdrawn_at=now())
    assert [choice.text for choice in choices_of(copies.copy(poll, organiser=None))] == ["A", "C"]


def test_a_copy_of_the_longest_title_fits() -> None:
    copy = copies.copy(a_draft(title="x" * 200), organiser=None)
    assert copy.title.endswith("(copy)")
    assert len(Poll.objects.get(pk=copy.pk).title) == 200


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Lunch on Friday?", "lunch-on-friday"),
        ("  --Über_uns!-- ", "uber-uns"),
        ("周五", "poll"),
        ("", "poll"),
        ("x" * 200, "x" * 72),
    ],
)
def test_an_address_is_made_of_the_title(title: str, slug: str) -> None:
    assert slugs.free(title) == slug


def test_an_address_in_use_gets_a_number() -> None:
    for slug in ("lunch", "lunch-2"):
        a_draft(slug=slug)
    assert slugs.free("Lunch") == "lunch-3"
