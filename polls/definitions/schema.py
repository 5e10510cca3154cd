"""What a poll in a file is, for programs (JSON Schema), told by the fields that it is read into."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models.fields import NOT_PROVIDED

from polls import asking
from polls.definitions import keys, shapes
from polls.models import Choice, Poll, Question
from polls.terms import Part

type Schema = dict[str, Any]


def schema() -> Schema:
    choice = _object(Choice, keys.OF_A_CHOICE, keys.WORDS_OF_A_CHOICE, needed=["text"])
    choices = {"type": "array", "maxItems": asking.MOST_CHOICES, "items": {"anyOf": [{"type": "string"}, choice]}}
    question = _object(Question, keys.OF_A_QUESTION, keys.WORDS_OF_A_QUESTION, needed=["text"], choices=choices)
    questions = {"type": "array", "maxItems": asking.MOST_QUESTIONS, "items": question}
    sites = {"type": "array", "items": {"type": "string"}}
    poll = _object(
        Poll,
        keys.OF_A_POLL,
        keys.WORDS_OF_A_POLL,
        needed=["title", "questions"],
        allowed_sites=sites,
        questions=questions,
    )
    return poll | {"title": "PollDefinition", "description": "One poll as in a file of polls: see docs/moving.md."}


def _object(
    noun: type[models.Model], names: Iterable[str], words: Iterable[Part], *, needed: list[str], **more: Schema
) -> Schema:
    texts = {"type": "object", "properties": {part.value: {"type": "string"} for part in words}}
    translations = {"type": "object", "additionalProperties": texts | {"additionalProperties": False}}
    properties = {name: _of(noun._meta.get_field(name)) for name in names} | more | {"translations": translations}
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


def _of(field: Any) -> Schema:
    match field:
        case models.BooleanField():
            told: Schema = {"type": "boolean"}
        case models.IntegerField():
            told = {"type": "integer", "minimum": 0, "maximum": shapes.HIGHEST[field.get_internal_type()]}
        case models.DateTimeField():
            told = {"type": "string", "format": "date-time"}
        case _ if field.choices:
            told = {"type": "string", "enum": [value for value, _label in field.choices]}
        case _:
            told = {"type": "string"} | ({"maxLength": field.max_length} if field.max_length else {})
    if field.null:
        told["type"] = [told["type"], "null"]
    return told if field.default is NOT_PROVIDED else told | {"default": field.default}
