"""Polls to vote in, and ballots ready to be posted."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from polls.models import Poll

ROOT = Path(__file__).resolve().parents[2]


class Sort(NamedTuple):
    """So many ballots for so many polls in turn, one a line in the file; `door` is page or api."""

    polls: int
    ballots: int
    into: str
    door: str = "page"


def prepare(*sorts: Sort, environment: dict[str, str]) -> None:
    """Migrate, publish the polls, and write the ballots."""
    run = {"cwd": ROOT, "env": os.environ | environment, "check": True}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], **run)  # type: ignore[call-overload]
    subprocess.run([sys.executable, "-m", "tests.bench.ballots", json.dumps(sorts)], **run)  # type: ignore[call-overload]


def rounds(file: Path, number: int) -> list[Path]:
    """The ballots in as many parts: a paper is good for one round."""
    lines = file.read_text().splitlines(keepends=True)
    size = len(lines) // number
    parts = []
    for place in range(number):
        parts.append(file.with_name(f"{file.name}-{place}"))
        parts[-1].write_text("".join(lines[place * size : (place + 1) * size]))
    return parts


def _main(sorts: list[Sort]) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    django.setup()
    for sort in sorts:
        with Path(sort.into).open("w") as file:
            file.writelines(_letters(sort.polls, sort.ballots, sort.door))


def _letters(polls: int, ballots: int, door: str) -> Iterator[str]:
    published = [_published(number) for number in range(polls)]
    for number in range(ballots):
        slug, poll, question, choices = published[number % polls]
        paper, choice = _paper(poll), choices[number % len(choices)]
        if door == "api":
            said = {"paper": paper, "answers": [{"question": question, "choices": [choice]}]}
            yield f"/api/v1/polls/{slug}/ballots\t{json.dumps(said)}\n"
        else:
            yield f"/p/{slug}/vote/\t{_form(paper, question, choice)}\n"


def forms(poll: "Poll", number: int) -> Iterator[str]:
    """So many ballots as they are posted to the page of a poll with one question, for its choices in turn."""
    question = poll.questions.get()
    choices = [choice.pk for choice in question.choices.all()]
    for place in range(number):
        yield _form(_paper(poll.pk), question.pk, choices[place % len(choices)])


def _paper(poll: int) -> str:
    from tests.builders import now
    from ui import papers

    # Older than the patience that stands in for a puzzle: what is measured is a vote, not the work of a browser.
    return papers.issue(poll, at=now() - timedelta(minutes=1))


def _form(paper: str, question: int, choice: int) -> str:
    return f"paper={paper}&q{question}={choice}"


def _published(number: int) -> tuple[str, int, int, list[int]]:
    from polls import lifecycle
    from polls.models import Poll
    from tests.builders import a_draft, a_question, now

    poll = Poll.objects.filter(slug=f"bench-{number}").first()
    if poll is None:
        poll = a_draft(slug=f"bench-{number}", reveal="always")
        a_question(poll, choices=["Old Mill Bridge", "Harbour footbridge", "Railway viaduct", "None of them"])
        poll = lifecycle.publish(poll, at=now())
    question = poll.questions.get()
    return poll.slug, poll.pk, question.pk, [choice.pk for choice in question.choices.all()]


if __name__ == "__main__":
    _main([Sort(*sort) for sort in json.loads(sys.argv[1])])
