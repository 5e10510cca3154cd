"""Drafts of a file become polls, or take the place of a draft: whole, or not at all."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from polls import definitions, translations
from polls.models import Choice, Poll, Question, Theme, Translation
from polls.terms import Kind, Phase
from tests.builders import a_draft, choices_of, now
from tests.polls.definitions.files import LUNCH, a_rich_poll, asking, faults, load, with_choices

pytestmark = pytest.mark.usefixtures("house")


def stored(document: Any) -> Poll:
    return definitions.store(definitions.one(json.dumps(document)), organiser=None)


def replaced(poll: Poll, document: Any) -> Poll:
    return definitions.replace(poll, definitions.one(json.dumps(document)))


def faults_of_one(document: Any, poll: Poll | None = None) -> set[str]:
    before = list(Poll.objects.values()), list(Question.objects.values()), list(Translation.objects.values())
    with pytest.raises(definitions.DefinitionError) as refused:
        replaced(poll, document) if poll else stored(document)
    assert (list(Poll.objects.values()), list(Question.objects.values()), list(Translation.objects.values())) == before
    return {fault.at for fault in refused.value.faults}


def test_addresses_are_made_where_none_are_told_and_never_twice() -> None:
    a_draft(slug="lunch")
    told = load(LUNCH, LUNCH | {"slug": "lunch-2"}, LUNCH)
    assert [poll.slug for poll in told] == ["lunch-3", "lunch-2", "lunch-4"]
    taken = {"polls[0].slug", "polls[1].slug"}
    assert faults(LUNCH | {"slug": "lunch"}, LUNCH | {"slug": "lunch-2"}).keys() == taken
    assert faults(LUNCH | {"slug": "twice"}, LUNCH | {"slug": "twice"}).keys() == {"polls[1].slug"}


def test_of_a_file_that_has_to_have_one_poll_no_other_number_is_taken() -> None:
    assert stored({"polls": [LUNCH]}).slug == "lunch"
    for document, places in (
        ({"polls": [LUNCH, LUNCH]}, {"polls"}),
        ({"polls": []}, {"polls"}),
        ({"polls": {}}, {"polls"}),
        ({}, {"title", "questions"}),
        ([], {""}),
        (LUNCH | {"polls": [LUNCH]}, {""}),
    ):
        assert faults_of_one(document) == places, document


def test_an_address_that_is_taken_is_told_of_one_poll_with_all_else_that_is_wrong() -> None:
    stored(LUNCH)
    assert faults_of_one(LUNCH | {"slug": "lunch", "title": ""}) == {"slug", "title"}


def test_a_draft_is_replaced_as_a_whole_and_what_a_file_can_not_say_stays() -> None:
    olive, theme = User.objects.create_user("olive"), Theme.objects.first()
    poll = a_rich_poll()
    Poll.objects.filter(pk=poll.pk).update(organiser=olive, theme=theme)
    poll.refresh_from_db()
    before = Poll.objects.get(pk=poll.pk)
    replaced(poll, LUNCH)
    after = Poll.objects.get(pk=poll.pk)
    fresh = stored(LUNCH)
    assert json.loads(definitions.alone(after)) | {"slug": "lunch"} == json.loads(definitions.alone(fresh))
    assert not Translation.objects.filter(poll=poll).exists()
    for name in ("slug", "organiser", "theme", "key", "created_at", "status"):
        assert getattr(after, name) == getattr(before, name), name
    assert after.version > before.version
    assert replaced(poll, LUNCH | {"slug": "supper"}).slug == "supper"
    assert faults_of_one(LUNCH | {"slug": "lunch"}, poll) == {"slug"}
    assert replaced(poll, LUNCH | {"slug": "supper"}).slug == "supper"


def test_what_is_asked_in_the_same_words_keeps_its_ids_and_its_pictures() -> None:
    poll = stored(asking())
    question, soup = poll.questions.get(), choices_of(poll)[0]
    Choice.objects.filter(pk=soup.pk).update(picture="choices/a.webp", picture_alt="A bowl")
    translations.translate(poll, "de", {f"choice-{soup.pk}-picture_alt": "Ein Teller"}, editor=None)
    salad = {"text": "Salad", "right": True, "translations": {"de": {"text": "Salat"}}}
    same = {"text": "What do we eat?", "choices": ["Bread", salad, "Soup"], "hint": "Today", "kind": "multiple"}
    replaced(poll, LUNCH | {"questions": [{"text": "When?", "kind": "text"}, same]})
    _when, what = poll.questions.all()
    assert (what.pk, what.seed, what.kind, what.hint) == (question.pk, question.seed, Kind.MULTIPLE, "Today")
    bread, salad_now, soup_now = what.choices.all()
    assert [bread.text, salad_now.text, salad_now.right] == ["Bread", "Salad", True]
    assert (soup_now.pk, soup_now.picture.name, soup_now.picture_alt) == (soup.pk, "choices/a.webp", "A bowl")
    assert set(Translation.objects.values_list("choice", "part", "text")) == {
        (soup.pk, "picture_alt", "Ein Teller"),
        (salad_now.pk, "text", "Salat"),
    }
    replaced(poll, LUNCH | {"language": "de", "questions": [same | {"choices": ["Soup", "Bread"]}]})
    assert not Translation.objects.exists()
    assert [choice.pk for choice in choices_of(poll)] == [soup.pk, bread.pk]
    assert Question.objects.count() == 1


def test_questions_of_equal_words_are_kept_one_by_one() -> None:
    twice = LUNCH | {"questions": LUNCH["questions"] * 2}
    poll = stored(twice)
    ids = list(poll.questions.values_list("pk", flat=True))
    replaced(poll, twice)
    assert list(poll.questions.values_list("pk", flat=True)) == ids
    replaced(poll, LUNCH)
    assert list(poll.questions.values_list("pk", flat=True)) == ids[:1]


def test_a_fault_in_a_translation_leaves_a_draft_as_it_was() -> None:
    poll = a_rich_poll()
    assert faults_of_one(LUNCH | {"translations": {"de": {"intro": "x"}}}, poll) == {"translations.de.intro"}


def test_polls_are_published_together_or_not_at_all() -> None:
    dinner = LUNCH | {"title": "Dinner"}
    assert [poll.phase(now()) for poll in load(LUNCH, dinner, publish_at=now())] == [Phase.OPEN] * 2
    found = faults(LUNCH, with_choices("A"), publish_at=now())
    assert found == {"polls[1]": "“What do we eat?” needs at least two choices."}


def test_many_languages_ask_the_database_for_the_poll_once() -> None:
    def asked(*codes: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            load(LUNCH | {"translations": {code: {"title": f"Lunch {code}"} for code in codes}})
        return sum(query["sql"].startswith("SELECT") for query in queries)

    assert asked("de") == asked("fr", "es", "it")
