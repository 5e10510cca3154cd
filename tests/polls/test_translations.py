"""Texts in more languages: what may be written when, what everyone can read of it, and that choices stay choices."""

from collections.abc import Mapping

import pytest
from django.db import IntegrityError, transaction

from polls import copies, corrections, languages, lifecycle, snapshots, translations
from polls.models import Change, Poll, Translation
from polls.refusals import Forbidden
from polls.terms import Kind, Part
from tests.builders import a_poll, a_question, choices_of, now
from tests.votes import a_ballot

pytestmark = pytest.mark.usefixtures("house")


def a_spoken_poll(**fields: object) -> Poll:
    return a_poll(title="Lunch?", intro="On Friday.", choices=("Noodles", "Pizza"), question={"hint": "One."}, **fields)


def names(poll: Poll) -> dict[str, str]:
    """What fields are called, by what the original says."""
    return {source.original: source.name for source in translations.sources(poll, "de")}


def say(poll: Poll, words: Mapping[str, str], *, reason: str = "") -> tuple[translations.Source, ...]:
    known = names(poll)
    texts = {known[original]: text for original, text in words.items()}
    return translations.translate(poll, "de", texts, reason=reason, editor=None)


def test_everything_that_a_poll_says_can_be_translated() -> None:
    poll = a_poll(title="T", intro="I", choices=(), question={"text": "Q", "explanation": "E"} | {"kind": Kind.TEXT})
    asked = a_question(poll, "R", ("A",), kind=Kind.RATING, low_label="L", high_label="H")
    asked.choices.update(picture="choices/a.webp", picture_alt="P")
    said = [(source.original, source.part.value) for source in translations.sources(poll, "fr")]
    assert said == [
        ("T", "title"),
        ("I", "intro"),
        ("Q", "text"),
        ("E", "explanation"),
        ("R", "text"),
        ("L", "low_label"),
        ("H", "high_label"),
        ("A", "text"),
        ("P", "picture_alt"),
    ]
    for source in translations.sources(poll, "fr"):
        translations.translate(poll, "fr", {source.name: source.original.lower()}, editor=None)
    edition = snapshots.load(poll.slug).in_language("fr")  # type: ignore[union-attr]
    question = edition.questions[1]
    assert (edition.title, edition.intro, edition.questions[0].explanation) == ("t", "i", "e")
    assert (question.text, question.low_label, question.high_label) == ("r", "l", "h")
    assert (question.choices[0].text, question.choices[0].picture_alt) == ("a", "p")
    assert edition.is_whole
    assert translations.progress(poll) == (translations.Progress("fr", 9, 9),)


def test_a_translation_moves_the_version_and_leaves_the_original() -> None:
    poll = a_spoken_poll()
    before = snapshots.load(poll.slug)
    say(poll, {"Pizza": " Pitza ", "Lunch?": "Mittag?"})
    after = snapshots.load(poll.slug)
    assert before
    assert after
    assert after.version == before.version + 1
    assert after.questions == before.questions
    edition = after.in_language("de")
    assert (edition.title, edition.intro, edition.language, edition.interface) == ("Mittag?", "On Friday.", "de", "de")
    assert [choice.text for choice in edition.questions[0].choices] == ["Noodles", "Pitza"]
    assert [choice.id for choice in edition.questions[0].choices] == [choice.pk for choice in choices_of(poll)]
    assert not edition.is_whole
    assert after.in_language("fr") is after
    assert say(poll, {"Pizza": "Pitza"}) == ()


def test_before_the_first_vote_a_translation_is_written_at_will() -> None:
    poll = a_spoken_poll()
    say(poll, {"Noodles": "Nudeln", "Pizza": "Pizza mit Käse"})
    say(poll, {"Noodles": "Pizza mit Käse", "Pizza": "Nudeln"})
    say(poll, {"Noodles": ""})
    assert not Change.objects.exists()
    translations.remove(poll, "de")
    assert translations.progress(poll) == ()


def test_after_the_first_vote_what_misses_is_added_and_listed() -> None:
    poll = a_spoken_poll()
    a_ballot(poll)
    with pytest.raises(Forbidden, match="Say why"):
        say(poll, {"Noodles": "Nudeln"})
    say(poll, {"Noodles": "Nudeln", "Lunch?": "Mittag?"}, reason="For guests.")
    change = Change.objects.get()
    assert change.what == "Translated into another language: Deutsch"
    assert change.after == "Lunch? → Mittag?\nNoodles → Nudeln"
    assert change.reason == "For guests."


def test_after_the_first_vote_a_translation_is_corrected_not_exchanged_or_taken_away() -> None:
    poll = a_spoken_poll()
    say(poll, {"Noodles": "Nudehln", "Lunch?": "Mittag?"})
    a_ballot(poll)
    with pytest.raises(Forbidden, match="another text"):
        say(poll, {"Noodles": "Gemüse"}, reason="Better.")
    with pytest.raises(Forbidden, match="not taken away"):
        say(poll, {"Noodles": ""}, reason="Wrong.")
    with pytest.raises(Forbidden, match="not taken away"):
        translations.remove(poll, "de")
    say(poll, {"Noodles": "Nudeln", "Lunch?": "Was essen wir?"}, reason="A typing mistake.")
    assert [(change.before, change.after) for change in Change.objects.all()] == [
        ("Mittag?", "Was essen wir?"),
        ("Nudehln", "Nudeln"),
    ]


def test_who_promised_no_edits_adds_no_translation() -> None:
    poll = a_spoken_poll(edits_forbidden=True)
    say(poll, {"Noodles": "Nudeln"})
    a_ballot(poll)
    with pytest.raises(Forbidden, match="promised that nothing is edited"):
        say(poll, {"Pizza": "Pizza!"}, reason="For guests.")


def test_an_archived_poll_stays_as_it_is() -> None:
    poll = lifecycle.archive(lifecycle.close(a_spoken_poll(), at=now()), at=now())
    with pytest.raises(Forbidden, match="archived"):
        say(poll, {"Noodles": "Nudeln"})


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"Noodles": "Pizza"}, "already has a choice"),
        ({"Noodles": "Brot", "Pizza": "Brot"}, "already has a choice"),
        ({"Noodles": "x" * 201}, "200 characters at most"),
    ],
)
def test_a_text_that_cannot_stand_is_told_of_and_nothing_is_saved(words: Mapping[str, str], why: str) -> None:
    poll = a_spoken_poll()
    with pytest.raises(Forbidden, match=why):
        say(poll, {"Lunch?": "Mittag?"} | dict(words))
    assert not Translation.objects.exists()


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("pt_BR", "pt-br"),
        (" fr ", "fr"),
        ("zh-Hant-TW", "zh-hant-tw"),
        ("es-419", "es-419"),
        ("en", ""),
        ("x", ""),
        ("<b>", ""),
        ("xx-yy-zz", ""),
        ("de-1", ""),
    ],
)
def test_a_language_is_a_code_other_than_the_original(code: str, known: str) -> None:
    poll = a_spoken_poll()
    if known:
        assert translations.check_language(poll, code) == known
    else:
        with pytest.raises(Forbidden):
            translations.check_language(poll, code)


def test_a_translation_into_the_language_of_the_poll_is_not_shown() -> None:
    poll = a_spoken_poll()
    say(poll, {"Noodles": "Nudeln"})
    Poll.objects.filter(pk=poll.pk).update(language="de")
    snapshot = snapshots.load(poll.slug)
    assert snapshot
    assert snapshot.languages == ("de",)


def test_a_copy_brings_its_translations_along() -> None:
    poll = a_spoken_poll(reveal="always")
    say(poll, {"Noodles": "Nudeln", "Pizza": "Pitza", "One.": "Eins.", "Lunch?": "Mittag?"})
    poll.questions.get().choices.create(text="Soup", position=9)
    a_ballot(poll)
    corrections.withdraw_choice(choices_of(poll)[0], reason="Out.", editor=None, at=now())
    edition = snapshots.of(copies.copy(poll, organiser=None)).in_language("de")
    assert edition.title == "Lunch? (copy)"
    assert [choice.text for choice in edition.questions[0].choices] == ["Pitza", "Soup"]
    assert edition.questions[0].hint == "Eins."


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"part": Part.TITLE}, "poll_translated_once|polls_translation.part"),
        ({"part": Part.INTRO, "text": ""}, "translation_says_something"),
        ({"part": Part.HINT}, "translation_is_of_a_text"),
        ({"part": Part.TITLE, "question_id": "ours"}, "translation_is_of_a_text"),
        ({"part": Part.HINT, "question_id": "another"}, "translation_question_belongs_to_its_poll|FOREIGN KEY"),
        ({"part": Part.TEXT, "question_id": "another", "choice_id": "next"}, "belongs_to|FOREIGN KEY"),
        ({"part": Part.TEXT, "choice_id": "ours", "question_id": "ours"}, "choice_translated_once|choice_id"),
        ({"part": Part.TEXT, "question_id": "ours"}, "question_translated_once|question_id"),
        (
            {"part": Part.TEXT, "choice_id": "next", "question_id": "ours", "text": "Nudeln"},
            "translated_choice_once_in_a_question|polls_translation.text",
        ),
    ],
)
def test_the_database_refuses_what_is_no_translation(fields: dict[str, str], name: str) -> None:
    poll, other = a_spoken_poll(), a_spoken_poll()
    say(poll, {"Lunch?": "Mittag?", "Noodles": "Nudeln", "Which one?": "Was?"})
    ours, following = choices_of(poll)
    ids = {"ours": ours.question_id, "another": choices_of(other)[0].question_id}
    row = {"text": "x"} | fields
    if "question_id" in row:
        row["question_id"] = ids[row["question_id"]]  # type: ignore[assignment]
    if "choice_id" in row:
        row["choice_id"] = {"ours": ours.pk, "next": following.pk}[row["choice_id"]]  # type: ignore[assignment]
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Translation.objects.create(poll=poll, language="de", **row)


def test_languages_are_called_by_their_own_names() -> None:
    assert [languages.name_of(code) for code in ("de", "ar", "pt-br", "nds")] == [
        "Deutsch",
        "العربية",
        "Português Brasileiro",
        "nds",
    ]
