"""A poll in several languages: who gets which, at each door, and how one tally stands under all of them."""

import asyncio
import re
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from PIL import Image

from polls import corrections, languages, lifecycle, translations
from polls.models import Poll
from tests.browser import Browser
from tests.builders import a_poll, choices_of, now
from tests.ui.test_hot import Ways, _without_paper
from tests.votes import a_ballot

GERMAN = {"title": "Welche Brücke?", "text": "Welche Brücke zuerst?", "A": "Alte Brücke", "B": "Neue Brücke"}
ARABIC = {"title": "أي جسر؟", "text": "أي جسر أولًا؟", "A": "القديم"}


def in_more(poll: Poll, language: str, words: dict[str, str], **kwargs: Any) -> None:
    """Translate by what the originals say."""
    question = poll.questions.get()
    texts = {"title": words.get("title", ""), f"question-{question.pk}-text": words.get("text", "")}
    texts |= {f"choice-{one.pk}-text": words[one.text] for one in question.choices.all() if one.text in words}
    translations.translate(poll, language, texts, editor=None, **kwargs)


@pytest.fixture
def bridges(house: None) -> Poll:
    """English, in German all through, in Arabic but for a choice."""
    poll = a_poll(title="Which bridge?", choices=("A", "B"), question={"text": "Which bridge first?"})
    in_more(poll, "de", GERMAN)
    in_more(poll, "ar", ARABIC)
    return poll


WISHES = [
    ("", "", "en"),
    ("", "fr, it;q=0.9", "en"),
    ("", "de-CH, en;q=0.5", "de"),
    ("", "en;q=0.4, ar;q=0.8", "ar"),
    ("", "de;q=0, fr", "en"),
    ("?lang=de", "ar", "de"),
    ("?lang=de-AT", "", "de"),
    ("?lang=fr", "ar", "ar"),
    ("?lang=%22%3E%3Cscript%3E", "", "en"),
]
"""What an address names and what a browser accepts, with the language that a voter gets."""


@pytest.mark.parametrize("address", ["/p/{}/", "/embed/{}/", "/api/v1/polls/{}"])
def test_a_voter_gets_the_language_named_then_the_browsers_then_the_original(
    address: str, bridges: Poll, vera: Browser
) -> None:
    for query, accepts, language in WISHES:
        vera.client.cookies.clear()
        answer = vera.get(address.format(bridges.slug) + query, headers={"Accept-Language": accepts})
        title = {"en": "Which bridge?", "de": GERMAN["title"], "ar": ARABIC["title"]}[language]
        assert answer.headers["Content-Language"] == language, (query, accepts)
        assert title in (answer.json()["title"] if "api" in address else unescape(answer.text)), (query, accepts)
        varies = "Accept-Language" in answer.headers.get("Vary", "")
        assert varies == (query not in {"?lang=de", "?lang=de-AT"}), (query, accepts)
        if "api" in address:
            assert (answer.json()["language"], answer.json()["languages"]) == (language, ["en", "de", "ar"])
        else:
            card = re.search(r'<section class="poll"[^>]*>', answer.text)
            assert card
            assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in card[0]
            assert {"en": ">Vote<", "de": ">Abstimmen<", "ar": ">صوّت<"}[language] in answer.text


PROPORTION = {"de": "Anteil", "fr": "Part", "es": "Proporción", "zh-hans": "占比", "ar": "النسبة"}


@pytest.mark.parametrize(("language", "word"), PROPORTION.items())
def test_above_percentages_is_heard_that_they_are_parts_of_a_whole(language: str, word: str) -> None:
    """Not what the desk says where a poll is shared."""
    with translation.override(language):
        assert f">{word}</span>" in render_to_string("ui/results/head.html")


def test_a_poll_in_one_language_says_nothing_of_languages(house: None, vera: Browser) -> None:
    answer = vera.get(f"/p/{a_poll().slug}/?lang=de", headers={"Accept-Language": "de"})
    assert "Accept-Language" not in answer.headers["Vary"]
    assert 'class="tongues"' not in answer.text
    assert "?lang=" not in answer.text


def test_the_switch_names_each_language_in_its_own_words_and_keeps_the_place(bridges: Poll, vera: Browser) -> None:
    page = vera.get(f"/p/{bridges.slug}/results/?lang=de").text
    found = re.findall(r'<a href="([^"]+)" hreflang="([^"]+)"[^>]*?( aria-current="true")?>([^<]+)</a>', page)
    where = f"/p/{bridges.slug}/results/?lang="
    assert [(unescape(url).removeprefix(where), name) for url, _, _, name in found] == [
        ("en", "English"),
        ("de", "Deutsch"),
        ("ar", "العربية"),
    ]
    assert [code for _, code, current, _ in found if current] == ["de"]
    framed = vera.get(f"/embed/{bridges.slug}/?show=results&lang=de").text
    assert f'data-hx-get="/embed/{bridges.slug}/?lang=ar&amp;show=results"' in framed


def test_a_text_that_misses_is_shown_in_the_original_and_said_so(bridges: Poll, vera: Browser) -> None:
    page = vera.get(f"/p/{bridges.slug}/?lang=ar").text
    assert '<span lang="en" dir="ltr">B</span>' in page
    assert '<bdi lang="en">English</bdi>' in page
    assert 'class="hint fallback"' not in vera.get(f"/p/{bridges.slug}/?lang=de").text
    told = vera.get(f"/api/v1/polls/{bridges.slug}?lang=ar").json()["questions"][0]["choices"]
    assert [(one["text"], one["untranslated"]) for one in told] == [(ARABIC["A"], []), ("B", ["text"])]


@pytest.mark.parametrize("framed", [False, True], ids=["page", "frame"])
@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_votes_in_every_language_are_one_tally(
    framed: bool, htmx: bool, bridges: Poll, vera: Browser, victor: Browser
) -> None:
    where, choice = f"/{'embed' if framed else 'p'}/{bridges.slug}", choices_of(bridges)[0]
    answers = []
    for voter, language in ((victor, "ar"), (vera, "de")):
        sent = {"paper": voter.paper(bridges.slug), f"q{choice.question_id}": choice.pk}
        headers = {"HX-Request": "true"} if htmx else {}
        answers.append(voter.post(f"{where}/vote/?lang={language}", data=sent, headers=headers, follow_redirects=True))
    card = unescape(answers[-1].text)
    assert "Ihre Stimme ist gezählt." in card
    assert "2 Stimmen" in card
    assert "Alte Brücke" in card
    assert f"?lang=ar&{'show=results&' if framed else ''}receipt=" in card
    results = vera.get(f"/api/v1/polls/{bridges.slug}/results?lang=de").json()["questions"][0]["choices"]
    assert next((one["id"], one["text"], one["count"]) for one in results) == (choice.pk, "Alte Brücke", 2)


def test_a_refusal_speaks_the_language_of_the_card_and_keeps_the_choice(bridges: Poll, vera: Browser) -> None:
    choice, other = choices_of(bridges)
    sent = {"paper": "nonsense", f"q{choice.question_id}": other.pk}
    page = vera.post(f"/p/{bridges.slug}/vote/?lang=de", data=sent).text
    assert "Dieser Stimmzettel ist nicht von uns." in page
    assert f'value="{other.pk}" checked' in page
    assert f'action="/p/{bridges.slug}/vote/?lang=de"' in page
    problem = vera.get("/api/v1/polls/nothing?lang=de").json()
    assert problem["detail"] == "Unter dieser Adresse gibt es keine Umfrage."


def test_a_change_of_a_translation_makes_kept_cards_old(bridges: Poll, vera: Browser) -> None:
    assert "Neue Brücke" in vera.get(f"/p/{bridges.slug}/?lang=de").text
    in_more(bridges, "de", {**GERMAN, "B": "Neue Brücke am Markt"})
    assert "Neue Brücke am Markt" in vera.get(f"/p/{bridges.slug}/?lang=de").text
    in_more(bridges, "pt", {"text": "Qual ponte primeiro?"})
    portuguese = vera.get(f"/p/{bridges.slug}/?lang=pt").text
    # No interface in it: the words around are those of the original, and each text says what it is.
    assert '<h1 id="question' in portuguese
    assert 'lang="pt" dir="ltr">Qual ponte primeiro?</h1>' in portuguese
    assert ">Vote<" in portuguese
    assert ">Português<" in portuguese


def test_the_list_shows_titles_in_the_readers_language(bridges: Poll, vera: Browser) -> None:
    assert GERMAN["title"] in vera.get("/", headers={"Accept-Language": "de-DE,en;q=0.5"}).text
    listed = vera.get("/api/v1/polls?lang=de").json()["polls"][0]
    assert (listed["title"], listed["languages"]) == (GERMAN["title"], ["en", "de", "ar"])


def test_a_closed_poll_speaks_too(bridges: Poll, vera: Browser) -> None:
    lifecycle.close(bridges, at=now())
    assert "Endergebnis" in vera.get(f"/p/{bridges.slug}/", headers={"Accept-Language": "de"}).text


@pytest.mark.parametrize(
    ("wanted", "offered", "best"),
    [
        ("zh-cn", ("en", "zh-hans"), "zh-hans"),
        ("zh-tw", ("en", "zh-hans", "zh-hant"), "zh-hant"),
        ("pt", ("en", "pt-br"), "pt-br"),
        ("pt-pt", ("pt-br", "pt"), "pt"),
        ("en-gb", ("de", "en"), "en"),
        ("xx", ("de", "en"), None),
    ],
)
def test_a_form_of_a_language_is_as_good_as_the_language(wanted: str, offered: tuple[str, ...], best: str) -> None:
    assert languages.best((wanted,), offered) == best


def test_each_language_is_answered_without_django_and_none_takes_anothers_place(
    bridges: Poll, loop: asyncio.AbstractEventLoop
) -> None:
    ways = Ways(loop)
    asks = [("?lang=ar", {}), ("", {"Accept-Language": "de"}), ("", {}), ("?lang=de", {"Accept-Language": "ar"})]
    for address in (f"/p/{bridges.slug}/", f"/embed/{bridges.slug}/?show=results", f"/api/v1/polls/{bridges.slug}"):
        said = []
        for query, headers in asks:
            at = address + (query.replace("?", "&") if "?" in address else query)
            first = ways.quick(at, headers)
            assert ways.is_kept(at, headers)
            again, slow = ways.quick(at, headers), ways.slow(at, headers)
            assert _without_paper(again) == _without_paper(first) == _without_paper(slow)
            said.append(first.headers["Content-Language"])
        assert said == ["ar", "de", "en", "de"]


def test_results_that_move_speak_the_language_of_their_card(bridges: Poll, vera: Browser) -> None:
    choice = choices_of(bridges)[0]
    vera.post(f"/p/{bridges.slug}/vote/", data={"paper": vera.paper(bridges.slug), f"q{choice.question_id}": choice.pk})
    card = vera.get(f"/p/{bridges.slug}/results/?lang=de").text
    assert 'data-tongue="de"' in card
    german, arabic = (vera.get(f"/live/{bridges.slug}/now?lang={code}") for code in ("de", "ar"))
    assert "1 Stimme" in german.text
    assert "صوت واحد" in arabic.text
    assert german.headers["ETag"] != arabic.headers["ETag"]


def _drawn(browser: Browser, poll: Poll, query: str = "", **headers: str) -> ElementTree.Element:
    answer = browser.get(f"/p/{poll.slug}/results.svg{query}", headers=headers)
    assert "Accept-Language" not in answer.headers.get("Vary", "")
    return ElementTree.fromstring(answer.content)


def _words(picture: ElementTree.Element) -> dict[str | None, dict[str, str]]:
    return {line.text: line.attrib for line in picture.iter("{http://www.w3.org/2000/svg}text")}


def test_a_picture_speaks_the_language_that_its_address_names(bridges: Poll, vera: Browser) -> None:
    german, arabic = (_drawn(vera, bridges, f"?lang={code}") for code in ("de", "ar"))
    assert {"Welche Brücke zuerst?", "Alte Brücke", "0 %", "Stand bisher · 0 Stimmen"} <= _words(german).keys()
    words = _words(arabic)
    assert {ARABIC["text"], "القديم", "B"} <= words.keys()
    assert all(line["direction"] == "rtl" for line in words.values())
    assert {"النتيجة حتى الآن | لا أصوات"} <= words.keys(), "a middle dot would be a nought"
    assert int(words["القديم"]["x"]) > 1000, "it begins at the right"
    xml = "{http://www.w3.org/XML/1998/namespace}lang"
    assert (german.attrib[xml], arabic.attrib[xml]) == ("de", "ar")
    # Mails and feeds ask for a picture once, for all their readers.
    for plain in ("", "?lang=fr"):
        assert "Which bridge first?" in _words(_drawn(vera, bridges, plain, **{"Accept-Language": "de"}))
    right_to_left = Image.open(BytesIO(vera.get(f"/p/{bridges.slug}/results.png?lang=ar").content)).convert("L")
    inked = right_to_left.crop((0, 56, 1200, 110)).point(lambda shade: 255 if shade < 120 else 0).getbbox()
    assert inked
    assert inked[0] > 600


def test_what_a_page_tells_chats_and_pasted_addresses_keeps_the_language(bridges: Poll, vera: Browser) -> None:
    page = f"https://polls.test/p/{bridges.slug}/"
    head = vera.get(f"{page}?lang=de").text.partition("</head>")[0]
    assert f'<link rel="canonical" href="{page}?lang=de">' in head
    assert f'<meta property="og:image" content="{page}results.png?shape=card&amp;lang=de">' in head
    assert [f'hreflang="{code}" href="{page}?lang={code}"' in head for code in ("en", "de", "ar")] == [True] * 3
    assert f'<link rel="canonical" href="{page}">' in vera.get(page, headers={"Accept-Language": "de"}).text
    pasted = re.search('type="application/json.oembed" href="([^"]+)"', head)
    assert pasted
    told = vera.get(unescape(pasted[1])).json()
    assert told["title"] == GERMAN["title"]
    assert f'src="https://polls.test/embed/{bridges.slug}/?lang=de"' in told["html"]
    assert told["thumbnail_url"] == f"{page}results.png?lang=de&shape=card"
    assert vera.get("/oembed", params={"url": f"{page}?lang=fr"}).json()["title"] == "Which bridge?"


def test_a_day_and_its_hour_are_arabic_before_any_script_has_run(vera: Browser) -> None:
    """As the figures beside them are: Django has an Arabic date, and none with a time."""
    poll = a_poll(language="ar", closes_at=datetime(2099, 11, 24, 13, 5, tzinfo=UTC))
    translations.translate(poll, "de", {"title": "Welche?"}, editor=None)
    a_ballot(poll)
    corrections.withdraw_choice(choices_of(poll)[2], reason="-", editor=None, at=now())
    assert ">٢٤ نوفمبر ٢٠٩٩، ١:٠٥ م UTC</time>" in vera.get(f"/p/{poll.slug}/").text
    assert ">24. November 2099 13:05 UTC</time>" in vera.get(f"/p/{poll.slug}/?lang=de").text
    told = re.search(r"<time[^>]*>([^<]*)</time>", vera.get(f"/p/{poll.slug}/changes/").text)
    assert told
    assert re.fullmatch(r"[٠-٩]+ \w+ [٠-٩]{4}، [٠-٩]+:[٠-٩]{2} [صم] UTC", told[1])
