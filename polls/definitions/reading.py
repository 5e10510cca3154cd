from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polls import asking, languages
from polls.definitions import keys, shapes
from polls.definitions.faults import DefinitionError, Fault, Place
from polls.kinds import KINDS
from polls.models import Choice, Poll, Question
from polls.terms import Kind, Part, Scale

MOST_POLLS = 1000
MOST_LANGUAGES = 100
"""Of a poll, beside the one that it is written in."""

_OF_ONE = {"title", "questions"}
_IDLE = gettext_lazy("This means nothing for a question of this kind.")

type Noun = Poll | Question | Choice


@dataclass(frozen=True, slots=True)
class Words:
    """A text in another language, until what it translates has an id."""

    place: Place
    language: str
    noun: Noun
    part: str
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A poll of the file, with nothing of it in the database yet."""

    place: Place
    poll: Poll
    questions: list[tuple[Question, list[Choice]]] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)


def drafts(text: str, place: Place) -> list[Draft]:
    """The polls of a file: of a list, or one that stands there by itself. What is wrong is noted in `place`."""
    return _read(shapes.parsed(text), place, most=MOST_POLLS)


def one(text: str) -> Draft:
    """The poll of a file that has one, by itself or in a list. What is wrong is noted in its place."""
    place = Place()
    found = _read(shapes.parsed(text), place, most=1)
    if not found and not place.faults:
        place.key("polls").note(_("This is missing."))
    if not found:
        place.settle()
    return found[0]


def decoded(body: bytes) -> str:
    """Raises DefinitionError."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionError([Fault("", _("The file is not written in UTF-8."))]) from error


def _read(document: Any, place: Place, *, most: int) -> list[Draft]:
    if isinstance(document, dict) and "polls" not in document and (most == 1 or document.keys() & _OF_ONE):
        return [_poll(document, place)]
    told = shapes.members(document, {"polls"}, place, needed=["polls"])
    if "polls" not in told:
        return []
    here = place.key("polls")
    return [
        _poll(given, here.index(number)) for number, given in enumerate(shapes.elements(told["polls"], here, most=most))
    ]


def _poll(given: Any, place: Place) -> Draft:
    draft = Draft(place, Poll())
    told = shapes.members(given, {*keys.OF_A_POLL, "questions", "translations"}, place, needed=["title", "questions"])
    if not told:
        return draft
    sites = told.pop("allowed_sites", [])
    _fill(draft.poll, told, keys.OF_A_POLL, place)
    draft.poll.allowed_sites = "\n".join(_sites(sites, place.key("allowed_sites")))
    _is_valid(draft.poll, place, unsaid=() if draft.poll.slug else {"slug"})
    _note_words(draft, draft.poll, told, keys.WORDS_OF_A_POLL, place)
    here = place.key("questions")
    listed = shapes.elements(told.get("questions", []), here, most=asking.MOST_QUESTIONS)
    for number, question in enumerate(listed):
        _question(draft, question, number, here.index(number))
    if (number := len({words.language for words in draft.words})) > MOST_LANGUAGES:
        place.key("translations").note(shapes.too_many(number, most=MOST_LANGUAGES))
    return draft


def _sites(given: Any, place: Place) -> list[str]:
    said = [shapes.text(site, place.index(at)) for at, site in enumerate(shapes.elements(given, place, most=200))]
    return [site for site in said if site is not shapes.UNSET]


def _question(draft: Draft, given: Any, position: int, place: Place) -> None:
    question = Question(position=position)
    told = shapes.members(given, {*keys.OF_A_QUESTION, "choices", "translations"}, place, needed=["text"])
    if not told:
        return
    _fill(question, told, keys.OF_A_QUESTION, place)
    choices = _choices(draft, question, told, place)
    draft.questions.append((question, choices))
    _note_words(draft, question, told, keys.WORDS_OF_A_QUESTION, place)
    if question.kind in KINDS:
        _settle_on_kind(question, told, place)
    if _is_valid(question, place):
        for name, sentence in asking.problems(question, choices=len(choices)).items():
            place.key(name).note(sentence)


def _settle_on_kind(question: Question, told: Mapping[str, Any], place: Place) -> None:
    """What its kind has no use for stands at its default, and a net promoter score has one scale."""
    kind = Kind(question.kind)
    for name in sorted(keys.idle(kind) & told.keys()):
        place.key(name).note(_IDLE)
    unsaid = asking.defaults(kind)
    if kind == Kind.RATING and question.scale == Scale.NPS:
        unsaid |= {"lowest": 0, "highest": 10}
    for name in unsaid.keys() - told.keys():
        setattr(question, name, unsaid[name])


def _choices(draft: Draft, question: Question, told: Mapping[str, Any], place: Place) -> list[Choice]:
    here, found = place.key("choices"), dict[str, Choice]()
    for position, given in enumerate(shapes.elements(told.get("choices", []), here, most=asking.MOST_CHOICES)):
        at = here.index(position)
        line = {"text": given} if isinstance(given, str) else given
        fields = shapes.members(line, {*keys.OF_A_CHOICE, "translations"}, at, needed=["text"])
        if not fields:
            continue
        choice = Choice(position=position)
        _fill(choice, fields, keys.OF_A_CHOICE, at)
        if choice.right and question.kind not in asking.QUIZ:
            at.key("right").note(_IDLE)
        if _is_valid(choice, at) and choice.text in found:
            at.key("text").note(_("This question already has a choice with this text."))
        found.setdefault(choice.text, choice)
        _note_words(draft, choice, fields, keys.WORDS_OF_A_CHOICE, at)
    return list(found.values())


def _fill(noun: Noun, told: Mapping[str, Any], names: Iterable[str], place: Place) -> None:
    for name in names:
        if name in told:
            value = shapes.value(_field(noun, name), told[name], place.key(name))
            if value is not shapes.UNSET:
                setattr(noun, name, value)


def _field(noun: Noun, name: str) -> "models.Field[Any, Any]":
    found = noun._meta.get_field(name)
    assert isinstance(found, models.Field)
    return found


def _is_valid(noun: Noun, place: Place, *, unsaid: Collection[str] = ()) -> bool:
    """Whether its fields could be read, and the model finds no fault in them by its own rules."""
    noted = {fault.at for fault in place.faults}
    wrong = {field.name for field in noun._meta.fields if place.key(field.name).at in noted}
    # What it belongs to is not there yet. The rules for a choice that need the database are asked elsewhere.
    alone = {"id", "poll", "question", *unsaid}
    try:
        noun.clean_fields(exclude=alone | wrong)
        if not wrong and not isinstance(noun, Choice):
            noun.validate_constraints(exclude=alone)
    except ValidationError as error:
        for name, sentences in error.message_dict.items():
            at = place if name == NON_FIELD_ERRORS else place.key(name)
            for sentence in sentences:
                at.note(sentence)
        return False
    return not wrong


def _note_words(draft: Draft, noun: Noun, told: Mapping[str, Any], parts: Iterable[Part], place: Place) -> None:
    here, known, seen = place.key("translations"), {part.value for part in parts}, set[str]()
    for code, given in _object(told.get("translations", {}), here).items():
        at = here.key(shapes.shown(code))
        language = languages.normalised(code)
        if language in seen:
            at.note(_("This language stands here twice."))
            continue
        seen.add(language)
        if not language or language == draft.poll.language:
            at.note(_("This is no code of another language than the poll is written in."))
            continue
        for part, words in shapes.members(given, known, at).items():
            text = shapes.text(words, at.key(part))
            if text is not shapes.UNSET:
                draft.words.append(Words(at.key(part), language, noun, part, text))


def _object(given: Any, place: Place) -> dict[str, Any]:
    return shapes.members(given, given if isinstance(given, dict) else (), place)
