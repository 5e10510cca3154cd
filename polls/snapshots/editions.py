"""A poll in each of its languages."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from polls import languages
from polls.models import Poll, Translation
from polls.models.translation import OF_CHOICE, OF_POLL, OF_QUESTION
from polls.snapshots.nouns import ChoiceSnapshot, PollSnapshot, QuestionSnapshot, Text
from polls.terms import Part

type Words = Mapping[tuple[int | None, int | None, str], str]
"""Translations of one poll into one language, by question, choice and part."""


def in_its_languages(original: PollSnapshot, words: Mapping[str, Words]) -> PollSnapshot:
    if not words:
        return original
    known = (original.language, *words)
    editions = (_edition(original, language, said) for language, said in words.items())
    return replace(original, languages=known, editions=tuple(replace(edition, languages=known) for edition in editions))


def words_of(poll: Poll) -> dict[str, Words]:
    """The translations of a poll by language, in the order in which languages are listed."""
    return words_by_language(poll, poll.translations.all())


def words_by_language(poll: Poll, translated: Iterable[Translation]) -> dict[str, Words]:
    found: dict[str, dict[tuple[int | None, int | None, str], str]] = {}
    for row in translated:
        if row.language != poll.language:
            found.setdefault(row.language, {})[row.question_id, row.choice_id, row.part] = row.text
    return {language: found[language] for language in languages.in_order(found)}


def _edition(poll: PollSnapshot, language: str, words: Words) -> PollSnapshot:
    def said(
        noun: PollSnapshot | QuestionSnapshot | ChoiceSnapshot,
        parts: Iterable[Part],
        question: int | None = None,
        choice: int | None = None,
    ) -> dict[str, Any]:
        texts = {}
        for part in parts:
            original, translated = getattr(noun, part), words.get((question, choice, part), "")
            # What the original leaves empty is not there to be translated.
            known = bool(original and translated)
            texts[part.value] = Text(translated, language) if known else Text(original, poll.language)
        return texts

    def asked(question: QuestionSnapshot) -> QuestionSnapshot:
        choices = (replace(choice, **said(choice, OF_CHOICE, question.id, choice.id)) for choice in question.choices)
        return replace(question, choices=tuple(choices), **said(question, OF_QUESTION, question.id))

    questions = tuple(map(asked, poll.questions))
    return replace(poll, language=language, original=poll.language, questions=questions, **said(poll, OF_POLL))
