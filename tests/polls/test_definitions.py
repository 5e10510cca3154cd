"""Polls as a JSON file: written, read again, and refused with the place of each fault."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from polls import corrections, definitions, samples, translations
from polls.definitions import keys, shapes
from polls.models import Choice, Poll, Question, Theme, Translation
from polls.terms import Kind, Phase, Policy, Reveal, Rule, Scale, Status
from tests.builders import a_draft, a_poll, a_question, choices_of, now
from tests.votes import a_ballot

pytestmark = pytest.mark.usefixtures("house")

CHOICES = ["Soup", "Salad"]
LUNCH: dict[str, Any] = {"title": "Lunch", "questions": [{"text": "What do we eat?", "choices": CHOICES}]}


def load(*polls: Any, **more: Any) -> list[Poll]:
    return definitions.load(json.dumps({"polls": polls}), organiser=None, **more)


def faults(*polls: Any, **more: Any) -> dict[str, str]:
    """What is wrong, by place. Nothing is loaded then."""
    return _faults(json.dumps({"polls": polls}), **more)


def _faults(text: str, **more: Any) -> dict[str, str]:
    before = Poll.objects.count()
    with pytest.raises(definitions.DefinitionError) as refused:
        definitions.load(text, organiser=None, **more)
    assert Poll.objects.count() == before
    return {fault.at: fault.sentence for fault in refused.value.faults}


def asking(**question: Any) -> dict[str, Any]:
    return LUNCH | {"questions": [{"text": "What do we eat?", "choices": CHOICES} | question]}


def with_choices(*choices: Any, **question: Any) -> dict[str, Any]:
    return asking(choices=choices, **question)


def test_a_title_and_a_question_are_enough_for_a_draft() -> None:
    (poll,) = load(LUNCH)
    assert (poll.slug, poll.status, poll.language, poll.policy) == ("lunch", Status.DRAFT, "en", Policy.BROWSER)
    question = poll.questions.get()
    assert (question.text, question.kind) == ("What do we eat?", Kind.SINGLE)
    assert [choice.text for choice in question.choices.all()] == CHOICES


def test_a_poll_is_written_and_read_again_with_all_that_it_asks_and_promises() -> None:
    poll = _a_rich_poll()
    file = definitions.written([poll])
    poll.delete()
    (again,) = definitions.load(file, organiser=None)
    assert definitions.written([again]) == file
    assert (again.closes_at, again.time_zone) == (datetime(2031, 5, 1, 16, tzinfo=UTC), "Europe/Berlin")
    assert again.allowed_sites.split() == ["https://a.example", "https://*.b.example"]
    assert [question.kind for question in again.questions.all()] == [Kind.RANKED, Kind.RATING, Kind.TEXT]
    assert Translation.objects.filter(poll=again).count() == 3


def _a_rich_poll() -> Poll:
    poll = a_draft(
        "Lunch",
        intro="Two\nlines",
        reveal=Reveal.AFTER_CLOSE,
        closes_at=datetime(2031, 5, 1, 16, tzinfo=UTC),
        time_zone="Europe/Berlin",
        network_allowance=20,
        anonymous=True,
        listed=False,
        retention_days=30,
        allowed_sites="https://a.example\nhttps://*.b.example",
    )
    ranked = a_question(poll, "Which?", ["A", "B", "C"], kind=Kind.RANKED, rule=Rule.STV, seats=2, quorum=5)
    a_question(poll, "How likely?", ["We"], kind=Kind.RATING, scale=Scale.NPS, lowest=0, highest=10, required=False)
    a_question(poll, "Why?", [], kind=Kind.TEXT, longest=90)
    first = ranked.choices.order_by("position")[0]
    words = {"title": "Mittag", f"question-{ranked.pk}-text": "Welche?", f"choice-{first.pk}-text": "Ah"}
    translations.translate(poll, "de", words, editor=None)
    poll.refresh_from_db()
    return poll


def test_every_sample_is_written_and_read_again() -> None:
    samples.load(at=now())
    polls = list(Poll.objects.order_by("pk"))
    file = json.loads(definitions.written(polls))
    for told in file["polls"]:
        told["slug"] += "-again"
    again = definitions.load(json.dumps(file), organiser=None)
    assert json.loads(definitions.written(again)) == file


def test_a_file_tells_no_vote_no_key_and_nothing_of_what_was_withdrawn() -> None:
    poll = a_poll(choices=["Soup", "Salad", "Stones"])
    a_ballot(poll)
    corrections.withdraw_choice(choices_of(poll)[2], reason="inedible", editor=None, at=now())
    told = json.loads(definitions.written([poll]))["polls"][0]
    assert told.keys() == {"title", "slug", "language", "reveal", "questions"}
    assert told["questions"] == [{"text": "Which one?", "kind": "single", "choices": ["Soup", "Salad"]}]


def test_addresses_are_made_where_none_are_told_and_never_twice() -> None:
    a_draft(slug="lunch")
    told = load(LUNCH, LUNCH | {"slug": "lunch-2"}, LUNCH)
    assert [poll.slug for poll in told] == ["lunch-3", "lunch-2", "lunch-4"]
    taken = {"polls[0].slug", "polls[1].slug"}
    assert faults(LUNCH | {"slug": "lunch"}, LUNCH | {"slug": "lunch-2"}).keys() == taken
    assert faults(LUNCH | {"slug": "twice"}, LUNCH | {"slug": "twice"}).keys() == {"polls[1].slug"}


def test_one_fault_keeps_every_poll_of_the_file_out_and_each_names_its_place() -> None:
    found = faults(LUNCH, {"title": "", "questions": [{"text": "?", "kind": "guess"}]}, {"questions": []})
    assert found.keys() == {"polls[1].title", "polls[1].questions[0].kind", "polls[2].title"}
    assert found["polls[2].title"] == "This is missing."
    assert not Question.objects.exists()


def test_a_fault_hides_no_other_one_beside_it_or_within_it() -> None:
    question = {"text": "?", "kind": "guess", "choices": ["A", "A"]}
    places = ["", ".title", ".questions[0].kind", ".questions[0].choices[1].text"]
    assert faults({"title": "", "titel": "x", "questions": [question]}).keys() == {
        f"polls[0]{place}" for place in places
    }


@pytest.mark.parametrize(
    ("poll", "place"),
    [
        (LUNCH | {"titel": "x"}, ""),
        (LUNCH | {"title": 7}, ".title"),
        (LUNCH | {"title": "x" * 201}, ".title"),
        (LUNCH | {"title": "a\0b"}, ".title"),
        (LUNCH | {"title": "\ud800"}, ".title"),
        (LUNCH | {"\ud800\0": 1}, ""),
        (LUNCH | {"slug": "Not So"}, ".slug"),
        (LUNCH | {"slug": None}, ".slug"),
        (LUNCH | {"language": "tlh"}, ".language"),
        (LUNCH | {"listed": "no"}, ".listed"),
        (LUNCH | {"listed": 0}, ".listed"),
        (LUNCH | {"network_allowance": True}, ".network_allowance"),
        (LUNCH | {"network_allowance": 2**31}, ".network_allowance"),
        (LUNCH | {"network_allowance": -1}, ".network_allowance"),
        (LUNCH | {"network_allowance": 0}, ""),
        (LUNCH | {"policy": "network"}, ""),
        (LUNCH | {"policy": []}, ".policy"),
        (LUNCH | {"retention_days": 40_000}, ".retention_days"),
        (LUNCH | {"closes_at": "2026-12-01 18:00"}, ".closes_at"),
        (LUNCH | {"closes_at": "2026-13-01T18:00:00Z"}, ".closes_at"),
        (LUNCH | {"closes_at": 0}, ".closes_at"),
        (LUNCH | {"opens_at": "2026-12-02T18:00:00Z", "closes_at": "2026-12-01T18:00:00Z"}, ""),
        (LUNCH | {"time_zone": "Mars"}, ".time_zone"),
        (LUNCH | {"allowed_sites": "https://a.example"}, ".allowed_sites"),
        (LUNCH | {"allowed_sites": ["javascript:1"]}, ".allowed_sites"),
        (LUNCH | {"questions": {}}, ".questions"),
        (LUNCH | {"questions": ["?"]}, ".questions[0]"),
        (LUNCH | {"questions": [LUNCH["questions"][0]] * 51}, ".questions"),
        (asking(kind=["single"]), ".questions[0].kind"),
        (asking(seats=2), ".questions[0].seats"),
        (asking(kind="text"), ".questions[0].choices"),
        (asking(kind="ranked", rule="stv"), ".questions[0].rule"),
        (asking(kind="multiple", minimum=3, maximum=2), ".questions[0]"),
        (asking(kind="multiple", maximum=10**400), ".questions[0].maximum"),
        (asking(kind="rating", scale="stars", highest=99), ".questions[0].highest"),
        (with_choices("A", "A"), ".questions[0].choices[1].text"),
        (with_choices("A", " A "), ".questions[0].choices[1].text"),
        (with_choices("A", 7), ".questions[0].choices[1]"),
        (with_choices("A", {}), ".questions[0].choices[1].text"),
        (7, ""),
        (with_choices("A", ""), ".questions[0].choices[1].text"),
        (with_choices("A", {"text": "B", "right": True}, kind="score"), ".questions[0].choices[1].right"),
        (with_choices(*map(str, range(101))), ".questions[0].choices"),
        (with_choices({"text": "A", "votes": 3}), ".questions[0].choices[0]"),
        (LUNCH | {"translations": []}, ".translations"),
        (LUNCH | {"translations": {"en": {"title": "x"}}}, ".translations.en"),
        (LUNCH | {"translations": {"klingon!": {"title": "x"}}}, ".translations.klingon!"),
        (LUNCH | {"translations": {"de": {"title": "x"}, "DE": {"title": "y"}}}, ".translations.DE"),
        (LUNCH | {"translations": {"de": {"text": "x"}}}, ".translations.de"),
        (LUNCH | {"translations": {"de": {"title": "x" * 201}}}, ".translations.de.title"),
        (LUNCH | {"translations": {"de": {"intro": "x"}}}, ".translations.de.intro"),
        (
            with_choices("A", {"text": "B", "translations": {"de": {"text": "A"}}}),
            ".questions[0].choices[1].translations.de.text",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place(poll: Any, place: str) -> None:
    assert faults(poll).keys() == {f"polls[0]{place}"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        '{"polls": NaN}',
        '{"polls": [], "polls": []}',
        "[" * 100_000,
        '{"polls": ' + "1" * 5000 + "}",
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(text: str) -> None:
    (sentence,) = _faults(text).values()
    assert sentence.endswith(".")


def test_of_a_file_that_is_wrong_throughout_twenty_faults_are_told() -> None:
    assert len(faults(*[{}] * 500)) <= 20
    assert "1,000 at most" in faults(*[LUNCH] * 1001)["polls"]
    assert "2,000,000" in _faults(" " * 2_000_001)[""]


def test_a_file_may_be_one_poll_by_itself_and_its_faults_are_told_from_there() -> None:
    (poll,) = definitions.load(json.dumps(LUNCH), organiser=None)
    assert definitions.load(definitions.alone(poll).replace('"lunch"', '"supper"'), organiser=None)[0].slug == "supper"
    wrong = asking(kind="guess") | {"titel": "x", "slug": "lunch", "language": "tlh"}
    assert _faults(json.dumps(wrong)).keys() == {"", "questions[0].kind", "language"}
    assert _faults(json.dumps(LUNCH | {"slug": "lunch"})).keys() == {"slug"}
    assert _faults("{}") == {"polls": "This is missing."}


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
    poll = _a_rich_poll()
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
    poll = _a_rich_poll()
    assert faults_of_one(LUNCH | {"translations": {"de": {"intro": "x"}}}, poll) == {"translations.de.intro"}


def test_the_schema_knows_the_keys_and_values_that_are_read() -> None:
    told = definitions.schema()["properties"]
    question = told["questions"]["items"]["properties"]
    assert told.keys() == {*keys.OF_A_POLL, "questions", "translations"}
    assert question.keys() == {*keys.OF_A_QUESTION, "choices", "translations"}
    assert question["choices"]["items"]["anyOf"][1]["properties"].keys() == {*keys.OF_A_CHOICE, "translations"}
    assert (told["reveal"]["enum"], question["kind"]["enum"]) == (Reveal.values, Kind.values)
    assert (told["retention_days"]["type"], told["listed"]["default"]) == (["integer", "null"], True)


def test_polls_are_published_together_or_not_at_all() -> None:
    dinner = LUNCH | {"title": "Dinner"}
    assert [poll.phase(now()) for poll in load(LUNCH, dinner, publish_at=now())] == [Phase.OPEN] * 2
    found = faults(LUNCH, with_choices("A"), publish_at=now())
    assert found == {"polls[1]": "“What do we eat?” needs at least two choices."}


def test_commands_write_and_read_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    olive = User.objects.create_user("olive")
    poll, _other = a_poll(title="Lunch", slug="lunch"), a_poll()
    Choice.objects.filter(pk=choices_of(poll)[0].pk).update(picture="choices/a.webp", picture_alt="soup")
    call_command("export_polls", "lunch")
    out, err = capsys.readouterr()
    assert err == "Not in the file: 1 picture of choices.\n"
    file = tmp_path / "polls.json"
    file.write_text("\ufeff" + out.replace('"lunch"', '"supper"'))

    call_command("load_polls", str(file), organiser="olive")
    assert capsys.readouterr().out == "Drafted 1 poll.\n"
    assert Poll.objects.get(slug="supper").organiser == olive
    with pytest.raises(CommandError, match=r"Nothing is loaded.\npolls\[0\].slug: Another poll has this address"):
        call_command("load_polls", str(file), publish=True)
    with pytest.raises(CommandError, match="no user 'otto'"):
        call_command("load_polls", str(file), organiser="otto")
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_polls", str(tmp_path / "none.json"))
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="no text in UTF-8"):
        call_command("load_polls", str(file))
    with pytest.raises(CommandError, match="no poll 'nothing'"):
        call_command("export_polls", "nothing", stdout=StringIO())


@pytest.mark.parametrize("file", ["/dev/zero", "/dev/full"])
def test_a_command_reads_no_more_of_a_file_than_a_file_can_have(file: str) -> None:
    with pytest.raises(CommandError, match=f"{file} is too large: 8,000,000 bytes at most are read."):
        call_command("load_polls", file)


@pytest.mark.parametrize(
    "instant", ["1970-01-01T00:00:00+23:59", "9000-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00"]
)
def test_an_instant_that_is_in_another_year_of_utc_is_told_by_that(instant: str) -> None:
    assert list(faults(LUNCH | {"closes_at": instant})) == ["polls[0].closes_at"]


def test_an_offset_that_no_place_on_earth_has_is_an_offset_on_every_database() -> None:
    (poll,) = load(LUNCH | {"closes_at": "2026-12-01T18:00:00+18:00"})
    assert Poll.objects.get(pk=poll.pk).closes_at == datetime(2026, 12, 1, tzinfo=UTC)


def test_a_key_that_stands_twice_among_very_many_is_found_by_looking_at_each_once() -> None:
    compared: list[object] = []

    class Key(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            compared.append(other)
            return str(self) == other

        __hash__ = str.__hash__

    named = [Key(number) for number in range(2000)]
    with pytest.raises(definitions.DefinitionError):
        shapes._without_twins([(key, 1) for key in [*named, Key("twin"), Key("twin")]])
    assert len(compared) < 10 * len(named)


def test_many_languages_ask_the_database_for_the_poll_once() -> None:
    def asked(*codes: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            load(LUNCH | {"translations": {code: {"title": f"Lunch {code}"} for code in codes}})
        return sum(query["sql"].startswith("SELECT") for query in queries)

    assert asked("de") == asked("fr", "es", "it")


def test_a_poll_has_only_so_many_languages() -> None:
    codes = [f"{first}{second}" for first in "abcdefghijk" for second in "abcdefghijk" if first != "e"]
    told = {code: {"title": f"Lunch {code}"} for code in codes}
    assert faults(LUNCH | {"translations": told}) == {"polls[0].translations": "100 at most; here are 110."}
