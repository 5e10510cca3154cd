"""A copy of a poll: the way on when a poll with ballots should ask something else."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from polls import asking, slugs
from polls.models import Choice, Poll, Question, Translation
from polls.terms import Part, Status

_TAKEN_OVER = (
    "intro",
    "language",
    "listed",
    "policy",
    "network_allowance",
    "reveal",
    "allowed_sites",
    "theme",
    "time_zone",
    "changes_allowed",
    "anonymous",
    "edits_forbidden",
    "ballots_published",
    "retention_days",
)
_ASKED = (
    "kind",
    "text",
    "hint",
    "required",
    "position",
    *sorted(frozenset().union(*asking.SETTINGS.values())),
)
_CHOSEN = ("text", "picture", "picture_alt", "right", "none_of_the_above")


@transaction.atomic
def copy(poll: Poll, *, organiser: User | None) -> Poll:
    """A new draft with the same questions and standing choices, an address and a key of its own, and no schedule."""
    title = _copied_title(poll)
    taken_over = {name: getattr(poll, name) for name in _TAKEN_OVER}
    fresh = Poll.objects.create(
        title=title, slug=slugs.free(title), status=Status.DRAFT, organiser=organiser, **taken_over
    )
    questions: dict[int, int] = {}
    choices: dict[int, int] = {}
    for question in poll.questions.prefetch_related("choices"):
        questions[question.pk] = _copy_question(question, fresh, choices)
    _copy_translations(poll, fresh, questions, choices)
    return fresh


def _copy_question(question: Question, poll: Poll, copied: dict[int, int]) -> int:
    """The id of the new question; which choice became which is noted in `copied`."""
    asked = poll.questions.create(**{name: getattr(question, name) for name in _ASKED})
    standing = [choice for choice in question.choices.all() if choice.withdrawn_at is None]
    fresh = Choice.objects.bulk_create(
        Choice(question=asked, position=position, **{name: getattr(choice, name) for name in _CHOSEN})
        for position, choice in enumerate(standing)
    )
    copied |= {choice.pk: new.pk for choice, new in zip(standing, fresh, strict=True)}
    return asked.pk


def _copy_translations(poll: Poll, fresh: Poll, questions: dict[int, int], choices: dict[int, int]) -> None:
    """All but the title's: the copy has another one."""
    kept = [row for row in poll.translations.exclude(part=Part.TITLE) if not row.choice_id or row.choice_id in choices]
    Translation.objects.bulk_create(
        Translation(
            poll=fresh,
            language=row.language,
            question_id=questions[row.question_id] if row.question_id else None,
            choice_id=choices[row.choice_id] if row.choice_id else None,
            part=row.part,
            text=row.text,
        )
        for row in kept
    )


def _copied_title(poll: Poll) -> str:
    known = {code for code, _name in settings.LANGUAGES}
    with translation.override(poll.language if poll.language in known else settings.LANGUAGE_CODE):
        words = _("%(title)s (copy)")
        room = 200 - len(words % {"title": ""})
        return words % {"title": poll.title[:room]}
