"""The interface speaks five languages beside English, wholly: this says what a language still lacks."""

import re
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import django.contrib.admin
import django.contrib.auth
import django.db.models
import pytest
import unfold
from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import to_locale

from polls.counting.ballots import Profile
from polls.counting.election import Election
from polls.counting.registry import RULES, Rule
from polls.counting.statements import NOT_USED, stated
from polls.models import Poll
from project import catalogues
from project.borrowed import WORDS
from project.catalogues import PLURALS, Message

HOLE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
TAG = re.compile(r"</?[a-z][^>]*>")


def holes(text: str) -> set[str]:
    return {"".join(found) for found in HOLE.findall(text)}


@pytest.fixture(scope="module")
def said() -> list[Message]:
    return catalogues.found()


def test_there_is_a_catalogue_for_each_language_and_none_else() -> None:
    assert set(PLURALS) == {to_locale(code) for code, _name in settings.LANGUAGES} - {"en"}
    assert {path.name for path in catalogues.LOCALE.iterdir()} == set(PLURALS)


@pytest.mark.parametrize("locale", PLURALS)
def test_everything_that_the_interface_says_is_translated(locale: str, said: list[Message]) -> None:
    known = catalogues.read(locale)
    new = [message.text for message in said if message not in known]
    assert not new, f"run `make messages`, then translate in ui/locale/{locale}: {new[:5]}"
    gone = [message.text for message in known if message not in set(said)]
    assert not gone, f"run `make messages`: nobody says {gone[:5]} any more"
    empty = [message.text for message, forms in known.items() if not all(forms)]
    assert not empty, f"{len(empty)} not translated, the first of them {empty[:5]}"


@pytest.mark.parametrize("locale", PLURALS)
def test_a_translation_has_all_plurals_and_the_placeholders_of_its_original(locale: str) -> None:
    text, _ = catalogues.stored(locale)
    assert "#, fuzzy" not in text
    number = PLURALS[locale][0]
    for message, forms in catalogues.read(locale).items():
        assert len(forms) == (number if message.plural else 1), message.text
        # "One", "two" and "none" may be words: only the last form has to name the number.
        most = holes(message.plural or message.text)
        assert holes(forms[-1]) == most, forms[-1]
        assert all(holes(form) <= most | holes(message.text) for form in forms), forms
        assert all(sorted(TAG.findall(form)) == sorted(TAG.findall(message.text)) for form in forms), forms
        assert all(form.strip() == form for form in forms) or message.text.strip() != message.text, forms


@pytest.mark.parametrize("locale", PLURALS)
def test_the_committed_files_are_what_make_messages_writes(locale: str, said: list[Message]) -> None:
    text, binary = catalogues.stored(locale)
    known = catalogues.read(locale)
    assert text == catalogues.written(locale, catalogues.merged(locale, said, known)), "run `make messages`"
    assert binary == catalogues.compiled(locale, known), "run `make messages`"
    assert GNUTranslations(BytesIO(binary)).gettext("Vote") == known[Message("Vote")][0]


def test_what_is_said_is_found_in_code_and_templates() -> None:
    python = '_("a" "b")\nngettext("one", "more", n)\n_(name)\n_, rest = pair'
    assert list(catalogues._in_python(python)) == [Message("ab"), Message("one", "more")]
    template = """{% load i18n %}{% translate 'It’s (here)' %}{{ x|default:_("c") }}
    {% blocktranslate trimmed count number=n with shown=m %}
        {{ shown }} vote{% plural %}{{ shown }} votes{% endblocktranslate %}"""
    expected = {Message("It’s (here)"), Message("c"), Message("%(shown)s vote", "%(shown)s votes")}
    assert set(catalogues._in_template(template)) == expected


@pytest.mark.parametrize(("code", "_name"), settings.LANGUAGES)
def test_dates_are_written_out_in_every_language(code: str, _name: str) -> None:
    """A month in letters: 4/5 is another day in another country."""
    with translation.override(code):
        assert formats.get_format("DATETIME_FORMAT") != "m/d/Y P"
        assert re.search("[FNjMb]", formats.get_format("DATETIME_FORMAT"))


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_what_a_counting_rule_says_of_itself_is_known_to_translators(rule: Rule, said: list[Message]) -> None:
    """Rules speak in plain Python, far from the catalogues: `ui.portraits.statements` names their sentences."""
    known = {message.text for message in said} | {NOT_USED}
    for unranked, nota, strength in (("last", 3, "winning-votes"), ("no-opinion", None, "margins")):
        election = Election(Profile((1, 2, 3), {}), 1, unranked, strength, "s", lambda: None)  # type: ignore[arg-type]
        told = stated(election, rule, quorum=0, nota=nota)
        sentences = {said for key, said in told.items() if key not in {"rule", "source", "seats", "seed"}}
        assert not sentences - known


def test_borrowed_words_are_said_by_unfold_or_django(said: list[Message]) -> None:
    folders = [
        Path(module.__path__[0]) for module in (unfold, django.contrib.admin, django.contrib.auth, django.db.models)
    ]
    theirs: set[str] = set()
    for path in (path for folder in folders for path in folder.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            theirs |= {message.text for message in catalogues._in_python(path.read_text())}
        elif path.suffix == ".html":
            theirs |= {message.text for message in catalogues._in_template(path.read_text())}
    assert not set(WORDS) - theirs


@pytest.mark.parametrize(("code", "_name"), settings.LANGUAGES)
def test_no_two_fields_of_a_poll_have_one_name(code: str, _name: str) -> None:
    with translation.override(code):
        names = [str(field.verbose_name) for field in Poll._meta.fields if field.editable]
    assert len(names) == len(set(names)), names
