"""What has changed between two files of one poll, as Django's history tells it of what is saved at the desk."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils import translation

from polls.models import Choice, Poll, Question, Translation

type Told = Mapping[str, Any]

_OTHERS: Mapping[str, type[models.Model]] = {"choices": Choice, "translations": Translation}


def between(before: str, after: str) -> list[dict[str, Any]]:
    """Of questions by their words: those that are new, are gone, or ask in another way now."""
    old, new = json.loads(before), json.loads(after)
    found: list[dict[str, Any]] = []
    with translation.override(None):  # names are kept in English, and translated for whoever reads
        if moved := _moved(old, new) - {"questions"}:
            found.append({"changed": {"fields": _named(Poll, moved)}})
        asked = {question["text"]: question for question in old["questions"]}
        for question in new["questions"]:
            named = {"name": str(Question._meta.verbose_name), "object": question["text"]}
            was = asked.pop(question["text"], None)
            if was is None:
                found.append({"added": named})
            elif changed := _moved(was, question):
                found.append({"changed": named | {"fields": _named(Question, changed)}})
        found += [{"deleted": {"name": str(Question._meta.verbose_name), "object": text}} for text in asked]
    return found


def _moved(old: Told, new: Told) -> set[str]:
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def _named(noun: type[models.Model], keys: Iterable[str]) -> list[str]:
    fields = {field.name: field for field in noun._meta.fields}
    return [
        str(fields[key].verbose_name if key in fields else _OTHERS[key]._meta.verbose_name_plural)
        for key in sorted(keys)
    ]
