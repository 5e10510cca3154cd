from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polls import asking, languages, lifecycle, refusals, slugs, translations
from polls.definitions import keys, shapes
from polls.definitions.faults import Place
from polls.kinds import KINDS
from polls.models import Choice, Poll, Question
from polls.terms import Kind, Part, Scale

MOST_POLLS = 1000

_TAKEN = gettext_lazy("Another poll has this address already. Choose another one.")
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


def load(text: str, *, organiser: User | None, publish_at: datetime | None = None) -> list[Poll]:
    """The polls of the file as drafts, or published where an instant is given. All of them, or none.

    Raises DefinitionError.
    """
    place = Place()
    drafts = _read(shapes.parsed(text), place)
    place.settle()
    try:
        with transaction.atomic():
            _find_addresses(drafts)
            place.settle()
            polls = [_saved(draft, organiser) for draft in drafts]
            if publish_at:
                polls = [_published(draft, at=publish_at) for draft in drafts]
            place.settle()
    except IntegrityError as error:
        # Somebody has taken an address in this moment.
        if "slug" not in str(error):
            raise
        place.key("polls").note(_TAKEN)
        place.settle()
    return polls


def _read(document: Any, place: Place) -> list[Draft]:
    told = shapes.members(document, {"polls"}, place, needed=["polls"])
    if "polls" not in told:
        return []
    here = place.key("polls")
    return [
        _poll(given, here.index(number))
        for number, given in enumerate(shapes.elements(told["polls"], here, most=MOST_POLLS))
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
    wrong = {field.name for field in noun._meta.fields} & {
        fault.at.removeprefix(f"{place.at}.") for fault in place.faults
    }
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


def _find_addresses(drafts: Iterable[Draft]) -> None:
    """Each draft gets an address of its own: the one that it names, or one that is made from its title."""
    told = [draft.poll.slug for draft in drafts if draft.poll.slug]
    taken = set(Poll.objects.filter(slug__in=told).values_list("slug", flat=True))
    for draft in drafts:
        if draft.poll.slug in taken:
            draft.place.key("slug").note(_TAKEN)
        elif draft.poll.slug:
            taken.add(draft.poll.slug)
    for draft in drafts:
        draft.poll.slug = draft.poll.slug or slugs.free(draft.poll.title, but=taken)
        taken.add(draft.poll.slug)


def _saved(draft: Draft, organiser: User | None) -> Poll:
    poll = draft.poll
    poll.organiser = organiser
    poll.save(force_insert=True)
    for question, choices in draft.questions:
        question.poll = poll
        question.save(force_insert=True)
        for choice in choices:
            choice.question = question
        Choice.objects.bulk_create(choices)
    for language in dict.fromkeys(words.language for words in draft.words):
        _translate(poll, language, [words for words in draft.words if words.language == language])
    return poll


def _translate(poll: Poll, language: str, said: Iterable[Words]) -> None:
    by_name = {_source_name(words.noun, words.part): words for words in said}
    known = {source.name for source in translations.sources(poll, language)}
    told = {name: words.text for name, words in by_name.items()}
    for name in by_name.keys() - known:
        by_name[name].place.note(_("There is nothing to translate: the poll itself has no such text."))
    wrong = translations.problems(poll, language, told)
    for name, sentence in wrong.items():
        by_name[name].place.note(sentence)
    if not wrong:
        translations.translate(poll, language, told, editor=None)


def _source_name(noun: Noun, part: str) -> str:
    """As `translations.Source` names it."""
    if isinstance(noun, Poll):
        return part
    return f"{'question' if isinstance(noun, Question) else 'choice'}-{noun.pk}-{part}"


def _published(draft: Draft, *, at: datetime) -> Poll:
    try:
        return lifecycle.publish(draft.poll, at=at)
    except refusals.Forbidden as refusal:
        draft.place.note(refusal.sentence)
        return draft.poll
