"""The texts of a poll in more languages. There is one tally: voters of every language mark the same choices.

Until somebody has voted a translation is written and thrown away as the editor likes. After that it is treated as the
original is: what misses can be added, since until then its readers saw the original; what is there can be corrected,
not exchanged or taken away, since people chose by it. Each such change has a reason and is listed for everyone. Title
and introduction name the poll and are not voted on; they may say something else.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from polls import corrections, figures, languages, lifecycle, refusals, snapshots
from polls.models import Change, Choice, Poll, Question, Translation
from polls.models.translation import OF_CHOICE, OF_POLL, OF_QUESTION
from polls.snapshots import Words
from polls.terms import Part, Status

_ADDED = gettext_noop("Translated into another language: %(language)s")
_CORRECTED = gettext_noop("A translation was corrected: %(language)s")
_TAKEN = gettext_lazy("This question already has a choice with this text.")
_ANOTHER = gettext_lazy("That is another text, not a correction: voters chose what was there.")
_NOTHING = gettext_lazy("There is nothing to translate: the poll itself has no such text.")
_READ = gettext_lazy("People have voted by this translation: it can be corrected, not taken away.")


@dataclass(frozen=True, slots=True)
class Source:
    """A text of a poll that can be translated, with what it is in one other language so far."""

    question: int | None
    choice: int | None
    part: Part
    original: str
    translated: str
    longest: int
    """In characters."""

    @property
    def name(self) -> str:
        """“title”, “question-7-hint”, “choice-12-text”: what its field is called."""
        if self.choice is not None:
            return f"choice-{self.choice}-{self.part}"
        return f"question-{self.question}-{self.part}" if self.question is not None else str(self.part)

    @property
    def key(self) -> tuple[int | None, int | None, str]:
        return self.question, self.choice, self.part.value

    @property
    def is_voted_on(self) -> bool:
        return self.question is not None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a translation is, in texts."""

    language: str
    done: int
    texts: int

    @property
    def missing(self) -> int:
        return self.texts - self.done


def sources(poll: Poll, language: str) -> tuple[Source, ...]:
    """All that the poll says, from its title to its last choice, with what it is in this language so far."""
    return tuple(_sources(poll, snapshots.words_of(poll).get(language, {})))


def progress(poll: Poll) -> tuple[Progress, ...]:
    """Each language that the poll is translated into, and how far."""
    found = []
    for language, words in snapshots.words_of(poll).items():
        said = list(_sources(poll, words))
        found.append(Progress(language, sum(bool(source.translated) for source in said), len(said)))
    return tuple(found)


def titles(polls: Iterable[Poll]) -> dict[int, dict[str, str]]:
    """The title of each poll in each of its languages, by the poll's id; the original's comes first."""
    originals = {poll.pk: poll for poll in polls}
    found: dict[int, dict[str, str]] = {poll: {} for poll in originals}
    for poll, language, part, text in Translation.objects.filter(poll__in=originals).values_list(
        "poll_id", "language", "part", "text"
    ):
        if part == Part.TITLE or language not in found[poll]:
            found[poll][language] = text if part == Part.TITLE else originals[poll].title
    return {
        poll.pk: {poll.language: poll.title}
        | {code: found[poll.pk][code] for code in languages.in_order(found[poll.pk]) if code != poll.language}
        for poll in originals.values()
    }


def check_language(poll: Poll, code: str) -> str:
    """The code of a language to translate a poll into. Raises Forbidden for what is none."""
    language = languages.normalised(code)
    _require(language, _("That is no code of a language. Write codes like pt, or pt-br."))
    _require(language != poll.language, _("The poll is written in this language."))
    return language


def check_changeable(poll: Poll) -> None:
    """Raises Forbidden where no translation can be added or changed any more."""
    _require(poll.status != Status.ARCHIVED, _("The poll is archived."))
    promised = poll.edits_forbidden and poll.has_ballots()
    _require(not promised, _("The poll promised that nothing is edited once somebody has voted."))


def problems(poll: Poll, language: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Which of these texts can't be saved, by the names of `Source`, and why. What is not named stays."""
    return _problems(sources(poll, language), texts, voted=poll.has_ballots())


def _problems(known: Iterable[Source], texts: Mapping[str, str], *, voted: bool) -> dict[str, str]:
    said = [(source, texts.get(source.name, source.translated).strip()) for source in known]
    found = {source.name: str(_TAKEN) for source in _doubled(said)}
    for source, text in said:
        if len(text) > source.longest:
            found[source.name] = _("%(number)s characters at most.") % {"number": figures.count(source.longest)}
        elif voted and source.is_voted_on and source.translated and text != source.translated:
            if not text:
                found[source.name] = str(_READ)
            elif not corrections.are_alike(source.translated, text):
                found[source.name] = str(_ANOTHER)
    return found


@transaction.atomic
def translate(
    poll: Poll, language: str, texts: Mapping[str, str], *, reason: str = "", editor: User | None
) -> tuple[Source, ...]:
    """Save these texts, by the names of `Source`; an empty one is not translated. Gives what was changed, as it was.

    Raises Forbidden, and saves nothing.
    """
    poll = Poll.objects.select_for_update().get(pk=poll.pk)
    language = check_language(poll, language)
    check_changeable(poll)
    for sentence in problems(poll, language, texts).values():
        raise refusals.Forbidden(sentence)
    told = {name: text.strip() for name, text in texts.items()}
    changed = [
        source for source in sources(poll, language) if told.get(source.name, source.translated) != source.translated
    ]
    if not changed:
        return ()
    if poll.has_ballots():
        _require(reason.strip(), _("Say why: everyone can read it."))
        _note(poll, language, changed, told, reason=reason, editor=editor)
    _write(poll, language, changed, told)
    lifecycle.edited(poll)
    return tuple(changed)


@transaction.atomic
def fill(poll: Poll, told: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str, str]]:
    """Save the texts of a draft in many languages, by language and the names of `Source`.

    Gives what is wrong, as a language, a name and why: nothing of that language is saved then. What the poll says is
    looked up once, however many languages there are.
    """
    originals, written, wrong = tuple(_sources(poll, {})), snapshots.words_of(poll), list[tuple[str, str, str]]()
    names = {source.name for source in originals}
    for language, texts in told.items():
        words = written.get(language, {})
        known = [
            replace(source, translated=words[source.key]) if source.key in words else source for source in originals
        ]
        faults = {name: str(_NOTHING) for name in texts.keys() - names} | _problems(known, texts, voted=False)
        wrong += [(language, name, sentence) for name, sentence in faults.items()]
        if not faults:
            _write(poll, language, [source for source in known if source.name in texts], texts)
    return wrong


@transaction.atomic
def remove(poll: Poll, language: str) -> None:
    """Throw a whole translation away. Raises Forbidden once somebody has voted."""
    poll = Poll.objects.select_for_update().get(pk=poll.pk)
    _require(not poll.has_ballots(), str(_READ))
    check_changeable(poll)
    Translation.objects.filter(poll=poll, language=language).delete()
    lifecycle.edited(poll)


def _sources(poll: Poll, words: Words) -> Iterator[Source]:
    yield from _of(poll, OF_POLL, words)
    for question in poll.questions.prefetch_related("choices"):
        yield from _of(question, OF_QUESTION, words)
        for choice in question.choices.all():
            yield from _of(choice, OF_CHOICE, words)


def _of(noun: Poll | Question | Choice, parts: Iterable[Part], words: Words) -> Iterator[Source]:
    question = noun.pk if isinstance(noun, Question) else noun.question_id if isinstance(noun, Choice) else None
    choice = noun.pk if isinstance(noun, Choice) else None
    for part in parts:
        if original := getattr(noun, part):
            longest = getattr(noun._meta.get_field(part), "max_length", None) or 0
            yield Source(question, choice, part, original, words.get((question, choice, part), ""), longest)


def _doubled(said: Iterable[tuple[Source, str]]) -> list[Source]:
    """Translations of choices that would read like another choice of their question."""
    shown = [(source, text) for source, text in said if source.choice is not None and source.part == Part.TEXT]
    seen: dict[tuple[int | None, str], int] = {}
    for source, text in shown:
        key = source.question, text or source.original
        seen[key] = seen.get(key, 0) + 1
    return [source for source, text in shown if text and seen[source.question, text] > 1]


def _write(poll: Poll, language: str, changed: Iterable[Source], texts: Mapping[str, str]) -> None:
    for source in changed:
        if not source.translated:
            continue
        Translation.objects.filter(
            poll=poll, language=language, question=source.question, choice=source.choice, part=source.part
        ).delete()
    Translation.objects.bulk_create(
        Translation(
            poll=poll,
            language=language,
            question_id=source.question,
            choice_id=source.choice,
            part=source.part,
            text=texts[source.name],
        )
        for source in changed
        if texts[source.name]
    )


def _note(
    poll: Poll, language: str, changed: Iterable[Source], texts: Mapping[str, str], *, reason: str, editor: User | None
) -> None:
    """A line for all that was added, and one for each correction, in the language of the poll: everyone reads them."""
    named = {"language": languages.name_of(language)}
    told = {"poll": poll, "reason": reason.strip()[:300], "editor": editor}
    new = [source for source in changed if not source.translated]
    with translation.override(poll.language if languages.speaks(poll.language) else None):
        if new:
            after = "\n".join(f"{source.original} → {texts[source.name]}" for source in new)
            Change.objects.create(what=_(_ADDED) % named, after=after, **told)
        for source in changed:
            if source.translated:
                what, after = _(_CORRECTED) % named, texts[source.name]
                Change.objects.create(what=what, before=source.translated, after=after, **told)


def _require(condition: object, sentence: str | Promise) -> None:
    if not condition:
        raise refusals.Forbidden(sentence)
