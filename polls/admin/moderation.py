"""The page of what voters wrote themselves: to show it, to hide it, and to merge write-ins."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched, groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls import figures, refusals, snapshots
from polls.admin import pages
from polls.ballots import moderation
from polls.ballots.moderation import Words
from polls.models import Choice, Poll
from polls.snapshots import PollSnapshot, QuestionSnapshot
from polls.terms import Moderation

MOST_OFFERED = 100
AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Written:
    """What was written to one question, as far as this page shows it, and what it can be merged into."""

    question: QuestionSnapshot
    words: tuple[Words, ...]
    offered: tuple[Words, ...]
    """The most frequent write-ins that stand for themselves."""


class Texts:
    """The page, for `PollDesk` to carry."""

    def get_urls(self) -> list[URLPattern]:
        desk: Any = self
        here = path("<int:poll>/texts/", desk.admin_site.admin_view(self.texts), name="polls_poll_texts")
        return [here, *super().get_urls()]  # type: ignore[misc]  # carried by an admin class

    def texts(self, request: HttpRequest, poll: int) -> HttpResponse:
        row = pages.found(self, request, poll)
        state = _state(request)
        try:
            moderation.check_read(snapshots.of(row), at=timezone.now())
            if request.method == "POST":
                self._moderate(request, row, state)
                return pages.back(request, row, "texts")
        except refusals.Refusal as refusal:
            if request.method == "POST":
                pages.refused(request, refusal)
                return pages.back(request, row, "texts")
            return pages.answer(self, request, row, "texts", why=refusal.sentence)
        return pages.answer(self, request, row, "texts", state=state, **_shown(request, row, state))

    def _moderate(self, request: HttpRequest, poll: Poll, state: Moderation) -> None:
        marks = moderation.alike(poll, pages.chosen(request), state)
        if not marks:
            messages.warning(request, pages.NOTHING_CHOSEN)
            return
        number = sum(_deed(request, poll, list(some)) for some in batched(marks, AT_ONCE))
        pages.told(self, request, poll, _done(request, number) % {"number": figures.count(number)})


def _deed(request: HttpRequest, poll: Poll, marks: list[int]) -> int:
    editor: Any = request.user
    match request.POST.get("deed", "").partition(":")[0]:
        case "show":
            return moderation.show(poll, marks, at=timezone.now())
        case "hide":
            return moderation.hide(poll, marks, at=timezone.now())
        case "part":
            return moderation.part(poll, marks, editor=editor)
        case "merge":
            return _merge(request, poll, marks)
    raise refusals.Forbidden(_("This can’t be done with texts."))


def _done(request: HttpRequest, number: int) -> str:
    match request.POST.get("deed", "").partition(":")[0]:
        case "show":
            return ngettext("%(number)s text is shown now.", "%(number)s texts are shown now.", number)
        case "hide":
            return ngettext("%(number)s text is hidden now.", "%(number)s texts are hidden now.", number)
        case "part":
            return ngettext(
                "%(number)s write-in stands for itself again.",
                "%(number)s write-ins stand for themselves again.",
                number,
            )
    return ngettext("%(number)s write-in is merged.", "%(number)s write-ins are merged.", number)


def _merge(request: HttpRequest, poll: Poll, marks: list[int]) -> int:
    """`into` is "choice-ID" of a choice, or "words-ID" of a mark that says them."""
    editor: Any = request.user
    question = request.POST.get("deed", "").partition(":")[2]
    kind, _dash, said = request.POST.get(f"into-{question}", "").partition("-")
    key = pages.as_key(said)
    if kind == "choice" and key is not None:
        choice = Choice.objects.filter(pk=key, question__poll=poll).select_related("question").first()
        if choice is not None:
            return moderation.merge(poll, marks, choice=choice, editor=editor)
    if kind == "words" and key is not None and (words := moderation.standing(poll, key)) is not None:
        return moderation.read_as(poll, marks, words=words)
    raise refusals.Forbidden(_("Say what the write-ins are to be merged into."))


def _state(request: HttpRequest) -> Moderation:
    asked = request.GET.get("state", "")
    return Moderation(asked) if asked in Moderation.values else Moderation.WAITING


def _shown(request: HttpRequest, poll: Poll, state: Moderation) -> dict[str, Any]:
    snapshot, numbers = snapshots.of(poll), moderation.numbers(poll)
    page = pages.paged(request, moderation.words(poll, state))
    states = [(one, numbers[one], one == state) for one in Moderation if one != Moderation.MERGED or _merges(snapshot)]
    return {"states": states, "page": page, "written": list(_by_question(poll, snapshot, page))}


def _by_question(poll: Poll, snapshot: PollSnapshot, page: Iterable[Words]) -> Iterator[Written]:
    questions = {question.id: question for question in snapshot.questions}
    for question, words in groupby(page, key=lambda one: one.question):
        offered = moderation.frequent(poll, question)[:MOST_OFFERED] if questions[question].write_in else []
        yield Written(questions[question], tuple(words), tuple(offered))


def _merges(poll: PollSnapshot) -> bool:
    return any(question.write_in for question in poll.questions)
