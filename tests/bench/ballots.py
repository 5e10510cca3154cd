"""Polls to vote in, and ballots ready to be posted."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def prepare(polls: int, ballots: int, into: Path, *, environment: dict[str, str]) -> None:
    """Migrate, publish so many polls, and write ballots, one a line, for all of them in turn."""
    run = {"cwd": ROOT, "env": os.environ | environment, "check": True}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], **run)  # type: ignore[call-overload]
    command = [sys.executable, "-m", "tests.bench.ballots", str(polls), str(ballots), str(into)]
    subprocess.run(command, **run)  # type: ignore[call-overload]


def _main(polls: int, ballots: int, into: Path) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    django.setup()
    from polls import lifecycle
    from polls.models import Poll
    from tests.builders import a_draft, a_question, now
    from ui import papers

    published = []
    for number in range(polls):
        poll = Poll.objects.filter(slug=f"bench-{number}").first()
        if poll is None:
            poll = a_draft(slug=f"bench-{number}", reveal="always")
            a_question(poll, choices=["Old Mill Bridge", "Harbour footbridge", "Railway viaduct", "None of them"])
            poll = lifecycle.publish(poll, at=now())
        question = poll.questions.get()
        published.append((poll, question.pk, [choice.pk for choice in question.choices.all()]))
    with into.open("w") as file:
        for number in range(ballots):
            poll, question, choices = published[number % polls]
            paper = papers.issue(poll.pk, at=now())
            file.write(f"/p/{poll.slug}/vote/\tpaper={paper}&q{question}={choices[number % len(choices)]}\n")


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
