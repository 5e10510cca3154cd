"""Drafts of a file become polls, or take the place of what a draft has been: whole, or not at all."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy

from polls import lifecycle, refusals, slugs, translations
from polls.definitions import keys, reading
from polls.definitions.faults import Place
from polls.definitions.reading import Draft, Noun, Words
from polls.models import Choice, Poll, Question
from polls.terms import Part

_TAKEN = gettext_lazy("Another poll has this address already. Choose another one.")


def load(text: str, *, organiser: User | None, publish_at: datetime | None = None) -> list[Poll]:
    """The polls of the file as drafts, or published where an instant is given. All of them, or none.

    Raises DefinitionError.
    """
    place = Place()
    drafts = reading.drafts(text, place)
    place.settle()
    try:
        with transaction.atomic():
            _note_taken(drafts)
            place.settle()
            _find_addresses(drafts)
            polls = [_saved(draft, organiser) for draft in drafts]
            if publish_at:
                polls = [_published(draft, at=publish_at) for draft in drafts]
            place.settle()
    except IntegrityError as error:
        _translate_race(error, place.key("polls"))
    return polls


def store(draft: Draft, *, organiser: User | None) -> Poll:
    """The poll of `reading.one`, as a draft that belongs to somebody. Raises DefinitionError."""
    _note_taken([draft])
    draft.place.settle()
    try:
        with transaction.atomic():
            _find_addresses([draft])
            poll = _saved(draft, organiser)
            draft.place.settle()
    except IntegrityError as error:
        _translate_race(error, draft.place.key("slug"))
    return poll


def replace(poll: Poll, draft: Draft) -> Poll:
    """All that a file can say of a draft is as this file says it; the rest stays, such as the theme.

    A question with the same words keeps its id, and so do its choices, with their pictures. Without `slug` the address
    stays. `poll` is locked by the caller's transaction. Raises DefinitionError, and nothing is changed.
    """
    _note_taken([draft], but=poll)
    draft.place.settle()
    draft.poll.slug = draft.poll.slug or poll.slug
    try:
        with transaction.atomic():
            for name in keys.OF_A_POLL:
                setattr(poll, name, getattr(draft.poll, name))
            poll.save()
            _forget_words(poll)
            _take_over(poll, draft)
            _save_questions(poll, draft)
            _save_words(poll, draft)
            draft.place.settle()
            lifecycle.edited(poll)
    except IntegrityError as error:
        _translate_race(error, draft.place.key("slug"))
    return poll


def _note_taken(drafts: Iterable[Draft], *, but: Poll | None = None) -> None:
    told = [draft.poll.slug for draft in drafts if draft.poll.slug]
    taken = set(Poll.objects.filter(slug__in=told).values_list("slug", flat=True)) - {but.slug if but else ""}
    for draft in drafts:
        if draft.poll.slug in taken:
            draft.place.key("slug").note(_TAKEN)
        elif draft.poll.slug:
            taken.add(draft.poll.slug)


def _find_addresses(drafts: Iterable[Draft]) -> None:
    """Each draft gets an address of its own: the one that it names, or one that is made from its title."""
    taken = {draft.poll.slug for draft in drafts if draft.poll.slug}
    for draft in drafts:
        draft.poll.slug = draft.poll.slug or slugs.free(draft.poll.title, but=taken)
        taken.add(draft.poll.slug)


def _saved(draft: Draft, organiser: User | None) -> Poll:
    poll = draft.poll
    poll.organiser = organiser
    poll.save(force_insert=True)
    _save_questions(poll, draft)
    _save_words(poll, draft)
    return poll


def _save_questions(poll: Poll, draft: Draft) -> None:
    for question, choices in draft.questions:
        question.poll = poll
        question.save()
        for choice in choices:
            choice.question = question
        Choice.objects.bulk_create(choice for choice in choices if choice.pk is None)
        Choice.objects.bulk_update(
            [choice for choice in choices if choice.pk is not None], ["position", "right", "none_of_the_above"]
        )


def _take_over(poll: Poll, draft: Draft) -> None:
    """Questions and choices that were there get their ids back; the others are gone."""
    before: dict[str, list[Question]] = {}
    for question in poll.questions.prefetch_related("choices"):
        before.setdefault(question.text, []).append(question)
    staying: list[Question] = []
    for question, choices in draft.questions:
        if same := before.get(question.text):
            staying.append(same[0])
            _continue(same.pop(0), question, choices)
    poll.questions.exclude(pk__in=[question.pk for question in staying]).delete()


def _continue(before: Question, question: Question, choices: Iterable[Choice]) -> None:
    question.pk, question.seed = before.pk, before.seed
    question._state.adding = False
    ids = {choice.text: choice.pk for choice in before.choices.all()}
    for choice in choices:
        choice.pk = ids.pop(choice.text, None)
    Choice.objects.filter(pk__in=ids.values()).delete()


def _forget_words(poll: Poll) -> None:
    """But those of pictures, which no file tells, unless the poll itself is written in that language now."""
    pictures = poll.translations.filter(part=Part.PICTURE_ALT).exclude(language=poll.language)
    poll.translations.exclude(pk__in=pictures.values("pk")).delete()


def _save_words(poll: Poll, draft: Draft) -> None:
    told: dict[str, dict[str, Words]] = {}
    for words in draft.words:
        told.setdefault(words.language, {})[_source_name(words.noun, words.part)] = words
    texts = {language: {name: words.text for name, words in said.items()} for language, said in told.items()}
    for language, name, sentence in translations.fill(poll, texts):
        told[language][name].place.note(sentence)


def _source_name(noun: Noun, part: str) -> str:
    """As `translations.Source` names it."""
    if isinstance(noun, Poll):
        return part
    return f"{'question' if isinstance(noun, Question) else 'choice'}-{noun.pk}-{part}"


def _published(draft: Draft, *, at: datetime) -> Poll:
    try:
        return lifecycle.publish(draft.poll, at=at)
    except refusals.Forbidden as refusal:
        for one in refusal.all:
            draft.place.note(one.sentence)
        return draft.poll


def _translate_race(error: IntegrityError, place: Place) -> None:
    """Somebody has taken an address in this moment. Raises it as a fault, or as it was."""
    if "slug" not in str(error):
        raise error
    place.note(_TAKEN)
    place.settle()
