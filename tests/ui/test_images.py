"""Pictures of polls: for everyone the same, and through the results gate."""

import asyncio
import time
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image

from polls import lifecycle, snapshots, themes
from polls.kinds import Answer
from polls.models import Poll, Theme
from polls.terms import Kind
from tests.browser import Browser
from tests.builders import a_poll, a_question, choices_of, now
from tests.kinds import cast
from ui import images

KINDS = ["svg", "png"]


def vote(browser: Browser, poll: Poll, place: int = 0) -> None:
    choice = choices_of(poll)[place]
    fields = {"paper": browser.paper(poll.slug), f"q{choice.question_id}": str(choice.pk)}
    assert browser.post(f"/p/{poll.slug}/vote/", data=fields).status_code == 303


def texts(browser: Browser, poll: Poll, query: str = "") -> list[str]:
    root = ElementTree.fromstring(browser.get(f"/p/{poll.slug}/results.svg{query}").content)
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def widths(browser: Browser, poll: Poll) -> list[float]:
    """Of the filled bars."""
    root = ElementTree.fromstring(browser.get(f"/p/{poll.slug}/results.svg").content)
    rects = root.iter("{http://www.w3.org/2000/svg}rect")
    return [float(rect.attrib["width"]) for rect in rects if "clip-path" in rect.attrib]


def test_bars_begin_at_zero_and_are_as_long_as_their_share(vera: Browser, victor: Browser) -> None:
    poll = a_poll(choices=["Tea", "Coffee", "Water"])
    for browser, place in ((vera, 0), (victor, 1)):
        vote(browser, poll, place)
    assert widths(vera, poll) == [1088 * 0.5, 1088 * 0.5]
    assert {"Tea", "Coffee", "Water", "50 %", "0 %", "Result so far · 2 votes"} < set(texts(vera, poll))


def test_equal_votes_have_equal_bars_beside_percentages_that_add_up(vera: Browser) -> None:
    poll = a_poll(choices=["Tea", "Coffee", "Water"])
    for choice in choices_of(poll):
        cast(vera, poll, Answer(choice.question_id, choices=(choice.pk,)))
    assert set(widths(vera, poll)) == {1088 * 0.33}
    assert {"34 %", "33 %"} < set(texts(vera, poll))
    assert vera.get(f"/p/{poll.slug}/results/").text.count('<rect width="33%"') == 3


@pytest.mark.parametrize("reveal", ["after_voting", "after_close", "never"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_vote_changes_nothing_in_a_picture_that_may_show_none(kind: str, reveal: str, vera: Browser) -> None:
    """Not for the voter either, whose cookie and receipt buy no other picture."""
    poll = a_poll(reveal=reveal, choices=["Tea", "Coffee"])
    before = vera.get(f"/p/{poll.slug}/results.{kind}")
    vote(vera, poll)
    after = vera.get(f"/p/{poll.slug}/results.{kind}")
    assert after.content == before.content
    assert after.headers == before.headers
    assert not any("%" in text or "vote" in text for text in texts(vera, poll, "?receipt=1.2.3"))
    lifecycle.close(poll, at=now())
    shown = vera.get(f"/p/{poll.slug}/results.{kind}").content != before.content
    assert shown is (reveal != "never")


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_kept_until_there_is_another_to_show(kind: str, vera: Browser) -> None:
    poll = a_poll()
    address = f"/p/{poll.slug}/results.{kind}"
    first = vera.get(address)
    assert first.headers["cache-control"].startswith("public, max-age=60")
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert first.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert vera.get(address, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    vote(vera, poll)
    deadline = time.monotonic() + 10
    while vera.get(address, headers={"If-None-Match": first.headers["etag"]}).status_code == 304:
        assert time.monotonic() < deadline, "the picture never changed"
        time.sleep(0.05)


def test_however_many_look_a_picture_is_drawn_once(vera: Browser) -> None:
    address = f"/p/{a_poll().slug}/results.png"

    async def many() -> set[bytes]:
        return {answer.content for answer in await asyncio.gather(*(vera.client.get(address) for _ in range(20)))}

    alone = time.monotonic()
    vera.get(f"/p/{a_poll().slug}/results.png")
    alone = time.monotonic() - alone
    begun = time.monotonic()
    assert len(vera.run(many())) == 1
    assert time.monotonic() - begun < 10 * alone


def test_choices_of_an_emoji_or_a_sign_alone_are_told_apart_in_a_png(vera: Browser) -> None:
    signs = ["🐙", "🦑", "👩‍🚀", "👩‍🔬", "🇩🇪", "🇫🇷", "❤️", "💙", "✓", "✗", "🂡", "🂢"]
    poll = a_poll(choices=signs)
    root = ElementTree.fromstring(vera.get(f"/p/{poll.slug}/results.svg").content)
    lines = {line.text: line for line in root.iter("{http://www.w3.org/2000/svg}text") if line.text in signs}
    picture = Image.open(BytesIO(vera.get(f"/p/{poll.slug}/results.png").content)).convert("L")
    places = [(int(lines[sign].attrib["x"]), int(lines[sign].attrib["y"])) for sign in signs]
    drawn = {picture.crop((x, y - 26, x + 500, y + 8)).tobytes() for x, y in places}
    assert len(drawn) == len(signs)
    assert min(len(set(one)) for one in drawn) > 1


def test_a_grade_for_the_question_itself_repeats_no_words(vera: Browser) -> None:
    poll = a_poll(title="How was it?", choices=["How was it?"], question={"text": "How was it?", "kind": Kind.RATING})
    assert texts(vera, poll).count("How was it?") == 1


def test_no_question_is_told_before_the_poll_opens(vera: Browser) -> None:
    from datetime import timedelta

    poll = a_poll(title="Soon", question={"text": "A secret?"}, opens_at=now() + timedelta(hours=1))
    assert texts(vera, poll) == ["Soon", "Not open yet"]
    assert "A secret?" not in vera.get(f"/p/{poll.slug}/").text


@pytest.mark.parametrize("query", ["", "?scheme=dark", "?scheme=pink", "?shape=card"])
def test_a_picture_has_the_size_that_it_says(query: str, vera: Browser) -> None:
    poll = a_poll(title="Many", choices=[f"Choice {number}" for number in range(9)])
    a_question_more(poll)
    image = Image.open(BytesIO(vera.get(f"/p/{poll.slug}/results.png{query}").content))
    root = ElementTree.fromstring(vera.get(f"/p/{poll.slug}/results.svg{query}").content)
    assert (image.width, image.height) == (int(root.attrib["width"]), int(root.attrib["height"]))
    assert ((image.width, image.height) == (1200, 630)) is ("card" in query)
    assert image.getpixel((2, 2)) == ((16, 20, 28) if "dark" in query else (250, 252, 255))


def a_question_more(poll: Poll) -> None:
    """As if it had been asked from the start."""
    Poll.objects.filter(pk=poll.pk).update(version=poll.version + 1)
    a_question(poll, "And else?", ["Yes", "No"])


def test_a_card_says_how_much_it_leaves_out(vera: Browser) -> None:
    poll = a_poll(title="Many", choices=[f"Choice {number}" for number in range(9)])
    a_question_more(poll)
    shown = texts(vera, poll, "?shape=card")
    left = 9 - sum(text.startswith("Choice") for text in shown)
    assert left > 0
    assert {f"and {left} more choices", "and 1 more question"} < set(shown)
    assert {"Choice 8", "And else?", "Yes", "No"} < set(texts(vera, poll))


def test_hostile_and_endless_texts_stay_inside(vera: Browser) -> None:
    words = ["<script>alert(1)</script>&\x0b", "x" * 200, "long words " * 18, "🐙 octopus"]
    poll = a_poll(title='"><script>', question={"text": "Which of <b>these</b>?" * 9}, choices=words)
    body = vera.get(f"/p/{poll.slug}/results.svg").content
    assert b"<script" not in body
    lines = texts(vera, poll)
    assert max(map(len, lines)) < 110
    assert "".join(lines).count("x") == 200
    assert vera.get(f"/p/{poll.slug}/results.png").status_code == 200


def test_right_to_left_is_mirrored(vera: Browser) -> None:
    poll = a_poll(language="ar", title="الشاي", choices=["الشاي", "القهوة"], question={"text": "ماذا تشرب؟"})
    vote(vera, poll)
    root = ElementTree.fromstring(vera.get(f"/p/{poll.slug}/results.svg").content)
    lines = {line.text: line for line in root.iter("{http://www.w3.org/2000/svg}text")}
    assert lines["القهوة"].attrib["direction"] == "rtl"
    assert int(lines["القهوة"].attrib["x"]) > 1000
    assert int(lines["١٠٠٪"].attrib["x"]) < 200
    image = Image.open(BytesIO(vera.get(f"/p/{poll.slug}/results.png").content)).convert("L")
    heading = image.crop((0, 56, 1200, 110))
    inked = heading.point(lambda shade: 255 if shade < 120 else 0).getbbox()
    assert inked
    assert inked[0] > 600, "an Arabic heading stands at the right"


def test_a_line_that_is_read_the_other_way_stands_where_the_others_do(vera: Browser) -> None:
    poll = a_poll(language="ar", title="الشاي", choices=["الشاي", "C++"], question={"text": "ماذا تشرب؟"})
    root = ElementTree.fromstring(vera.get(f"/p/{poll.slug}/results.svg").content)
    lines = {line.text: line.attrib for line in root.iter("{http://www.w3.org/2000/svg}text")}
    assert lines["C++"] == lines["الشاي"] | {"unicode-bidi": "plaintext", "y": lines["C++"]["y"]}


def test_a_png_without_all_letters_says_where_they_are(vera: Browser, settings: Any) -> None:
    settings.PUBLIC_URL = "https://polls.example"
    said = []
    for text in ("สะพาน", "Soup"):
        poll = snapshots.of(a_poll(slug=f"poll-{len(said)}", choices=[text, "Tea"]))
        for kind in ("image/png", "image/svg+xml"):
            sheet = images.sheet(poll, None, images.Look(kind, "light", True, "en"), at=now())
            said.append([line.text for line in sheet.lines if "missing" in line.text])
        assert vera.get(f"/p/{poll.slug}/results.png").status_code == 200
    assert said == [["Letters are missing here: see polls.example/p/poll-0/"], [], [], []]


@pytest.mark.parametrize("kind", KINDS)
def test_a_poll_that_is_not_there_has_no_picture(kind: str, vera: Browser) -> None:
    from tests.builders import a_draft

    assert vera.get(f"/p/{a_draft().slug}/results.{kind}").status_code == 404
    assert vera.post(f"/p/{a_poll().slug}/results.{kind}").status_code == 405


@pytest.mark.parametrize(
    ("scheme", "query", "paper"),
    [("auto", "", "#fff8e7"), ("auto", "?scheme=dark", "#201808"), ("light", "?scheme=dark", "#fff8e7")],
)
def test_a_picture_wears_the_theme_of_its_poll(scheme: str, query: str, paper: str, vera: Browser) -> None:
    theme = Theme(
        name="Sand",
        scheme=scheme,
        accent="#7a4a00",
        background="#fff8e7",
        dark_background="#201808",
        radius=0,
        font="mono",
        question_font="grotesque",
    )
    assert themes.problems(theme) == []
    themes.save(theme)
    poll = a_poll(theme=theme, title="Tea", choices=["Tea", "Coffee"], question={"text": "Which?"})
    vote(vera, poll)
    made = themes.palette(theme, dark="201808" in paper)
    root = ElementTree.fromstring(vera.get(f"/p/{poll.slug}/results.svg{query}").content)
    rects = list(root.iter("{http://www.w3.org/2000/svg}rect"))
    assert rects[0].attrib["fill"] == paper
    assert {rect.get("fill") for rect in rects if "clip-path" in rect.attrib} == {str(made.bar_lead)}
    assert {rect.get("rx") for rect in rects if "rx" in rect.attrib} == {"0"}
    lines = {line.text: line.attrib for line in root.iter("{http://www.w3.org/2000/svg}text")}
    assert lines["Which?"]["font-family"].startswith('"Helvetica Neue"')
    assert lines["Tea"]["font-family"].startswith("ui-monospace")
    assert (lines["Tea"]["fill"], lines["1"]["fill"]) == (str(made.ink), str(made.ink_quiet))
    image = Image.open(BytesIO(vera.get(f"/p/{poll.slug}/results.png{query}").content))
    assert "#{:02x}{:02x}{:02x}".format(*image.getpixel((2, 2))) == paper
    colours = {colour for _number, colour in image.getcolors(100_000)}
    assert tuple(made.bar_lead) in colours


def test_another_theme_is_another_picture(vera: Browser) -> None:
    theme = Theme(name="Sand", background="#fff8e7")
    themes.save(theme)
    poll = a_poll(theme=theme)
    address = f"/p/{poll.slug}/results.svg"
    assert b"#fff8e7" in vera.get(address).content
    theme.background = "#ffffff"
    themes.save(theme)
    assert b"#fff8e7" not in vera.get(address).content
