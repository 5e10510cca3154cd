"""A poll that is nowhere stored, and its results: what a theme is looked at with."""

from django.utils import translation
from django.utils.translation import gettext as _

from polls.snapshots import ChoiceSnapshot, PollSnapshot, QuestionSnapshot
from polls.tallies import TallySnapshot
from polls.terms import Kind, Policy, Reveal, Status

OWN = 2
"""The choice that the reader of the results has made."""
VOTES = {1: 1204, 2: 2711, 3: 1412, 4: 298}


def poll() -> PollSnapshot:
    """In the language that is spoken."""
    texts = (
        _("Old Mill Bridge"),
        _("Harbour footbridge"),
        _("Railway viaduct on the north line, with the cycle path that was promised long ago"),
        _("None of them"),
    )
    question = QuestionSnapshot(
        id=1,
        kind=Kind.SINGLE,
        text=_("Which bridge should the city repair first?"),
        hint="",
        required=True,
        minimum=1,
        maximum=1,
        choices=tuple(ChoiceSnapshot(number, text, withdrawn=False) for number, text in enumerate(texts, start=1)),
    )
    return PollSnapshot(
        id=0,
        slug="sample",
        version=0,
        title=question.text,
        intro="",
        language=translation.get_language() or "en",
        status=Status.PUBLISHED,
        opens_at=None,
        closes_at=None,
        closed_at=None,
        time_zone="UTC",
        changes_allowed=False,
        anonymous=False,
        edits_forbidden=False,
        earliest_close=None,
        ballots_published=False,
        retention_days=None,
        erased_at=None,
        policy=Policy.BROWSER,
        network_allowance=None,
        reveal=Reveal.ALWAYS,
        allowed_sites=(),
        key=b"",
        questions=(question,),
    )


def tally() -> TallySnapshot:
    votes = sum(VOTES.values())
    counters = {str(choice): count for choice, count in VOTES.items()}
    return TallySnapshot(ballots=votes, counters={1: counters | {"": votes}})
