import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from polls import asking, snapshots
from polls.definitions import keys
from polls.models import Choice, Poll, Question
from polls.snapshots import Words
from polls.terms import Kind, Part

ALWAYS = {"title", "slug", "language", "text", "kind"}
"""Are written also where they stand at their default."""

type Told = dict[str, Any]


def written(polls: Iterable[Poll]) -> str:
    """The file. Choices that were withdrawn, pictures, themes and organisers are left out."""
    told = {"polls": [_poll(poll) for poll in polls]}
    return json.dumps(told, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder) + "\n"


def alone(poll: Poll) -> str:
    """The file of one poll, without a list around it."""
    return json.dumps(_poll(poll), ensure_ascii=False, indent=2, cls=DjangoJSONEncoder) + "\n"


def _poll(poll: Poll) -> Told:
    words = snapshots.words_of(poll)
    told = _fields(poll, keys.OF_A_POLL)
    if poll.allowed_sites:
        told["allowed_sites"] = poll.allowed_sites.split()
    told["questions"] = [_question(question, words) for question in poll.questions.prefetch_related("choices")]
    return told | _translations(words, None, None, keys.WORDS_OF_A_POLL)


def _question(question: Question, words: Mapping[str, Words]) -> Told:
    kind = Kind(question.kind)
    told = _fields(question, [name for name in keys.OF_A_QUESTION if name not in keys.idle(kind)])
    if kind != Kind.TEXT:
        standing = [choice for choice in question.choices.all() if choice.withdrawn_at is None]
        told["choices"] = [_choice(choice, words) for choice in standing]
    return told | _translations(words, question.pk, None, keys.WORDS_OF_A_QUESTION)


def _choice(choice: Choice, words: Mapping[str, Words]) -> Told | str:
    told = _fields(choice, keys.OF_A_CHOICE)
    told |= _translations(words, choice.question_id, choice.pk, keys.WORDS_OF_A_CHOICE)
    return told if len(told) > 1 else choice.text


def _fields(noun: Poll | Question | Choice, names: Iterable[str]) -> Told:
    untouched = type(noun)()
    if isinstance(noun, Question):
        for name, value in asking.defaults(Kind(noun.kind)).items():
            setattr(untouched, name, value)
    return {
        name: value for name in names if (value := getattr(noun, name)) != getattr(untouched, name) or name in ALWAYS
    }


def _translations(words: Mapping[str, Words], question: int | None, choice: int | None, parts: Iterable[Part]) -> Told:
    found = {
        language: {part.value: said[question, choice, part] for part in parts if (question, choice, part) in said}
        for language, said in words.items()
    }
    told = {language: texts for language, texts in found.items() if texts}
    return {"translations": told} if told else {}
