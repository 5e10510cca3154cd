"""QR codes at the desk, read by a decoder of other people's."""

import html
import re
from io import BytesIO

import pytest
import zxingcpp
from django.contrib.auth.models import User
from django.test import Client, override_settings
from PIL import Image, ImageDraw

from polls.admin import qr
from polls.models import Poll
from tests.builders import a_draft, a_poll
from tests.desk import an_editor

SLIP = re.compile(r'aria-label="QR code of this link">(<svg .*?</svg>)</span>')
LINK = re.compile(r'<small dir="ltr">(.*?)</small>')
SQUARE = 4
"""Pixels."""


@pytest.fixture
def poll(desk: Client) -> Poll:
    return a_poll(slug="tea", policy="invitation", organiser=User.objects.get())


def drawn(svg: str) -> Image.Image:
    """As the standard has it: a white square, and lines upon it, each a row of black squares."""
    size, wide = (
        int(re.findall(pattern, svg)[0]) for pattern in (r'viewBox="0 0 (\d+) \d+"', r'fill="#fff" d="M0 0h(\d+)v')
    )
    assert size == wide
    image = Image.new("L", (size * SQUARE, size * SQUARE), 255)
    pen, x, y = ImageDraw.Draw(image), 0, 0
    for step, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", svg[svg.index('stroke="#000"') :]):
        if step == "h":
            box = (x * SQUARE, y * SQUARE, (x + int(first)) * SQUARE - 1, (y + 1) * SQUARE - 1)
            pen.rectangle(box, fill=0)
            x += int(first)
        else:
            x, y = (x, y) if step == "m" else (0, 0)
            x, y = x + int(first), y + int(float(second))
    return image


def read(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


def margin(image: Image.Image, squares: int) -> set[int]:
    """What is white around a code of so many squares: its colours."""
    wide, square = image.width, image.width // squares
    edge = 4 * square
    sides = [(0, 0, wide, edge), (0, wide - edge, wide, wide), (0, 0, edge, wide), (wide - edge, 0, wide, wide)]
    return {colour for side in sides for _number, colour in image.crop(side).getcolors()}


def test_each_card_has_the_code_of_its_own_link(desk: Client, poll: Poll) -> None:
    sent = {"paper": "a" * 16, "deed": "tell", "names": "Vera\nVictor\nOlive"}
    page = desk.post(f"/admin/polls/poll/{poll.pk}/invitations/", sent)
    text = page.content.decode()
    links = [html.unescape(link) for link in LINK.findall(text)]
    assert len(set(links)) == 3
    assert [read(drawn(svg)) for svg in SLIP.findall(text)] == [[link] for link in links]
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.once
@pytest.mark.parametrize("length", [1, 40, 80, 200])
def test_links_of_every_length_are_read_also_with_the_mask_of_the_first_one(length: int) -> None:
    start = f"https://polls.example/p/{'a' * length}/?invitation="
    links = [f"{start}{letter * 4}-0000-{letter * 4}-ZZZZ" for letter in "0123456789ABCDEFGHJKMNPQRSTVWXYZ"]
    assert [read(drawn(svg)) for svg in qr.svgs(links)] == [[link] for link in links]


def test_the_code_of_a_poll_is_had_as_svg_and_as_png(desk: Client, poll: Poll) -> None:
    files = {kind: desk.get(f"/admin/polls/poll/{poll.pk}/qr.{kind}") for kind in ("svg", "png")}
    assert {kind: file.headers["Content-Type"] for kind, file in files.items()} == {
        "svg": "image/svg+xml",
        "png": "image/png",
    }
    assert {file.headers["Content-Security-Policy"] for file in files.values()} == {"default-src 'none'; sandbox"}
    svg, png = files["svg"].content.decode(), Image.open(BytesIO(files["png"].content))
    assert "<title>http://testserver/p/tea/</title>" in svg
    assert read(drawn(svg)) == read(png.convert("L")) == ["http://testserver/p/tea/"]
    assert png.width == png.height >= 1600
    assert png.info.get("transparency") is None
    squares = drawn(svg).width // SQUARE
    assert margin(drawn(svg), squares) == margin(png.convert("L"), squares) == {255}


def test_the_code_names_the_public_address(desk: Client, poll: Poll) -> None:
    with override_settings(PUBLIC_URL="https://polls.example"):
        page = desk.get(f"/admin/polls/poll/{poll.pk}/change/").content.decode()
        svg = desk.get(f"/admin/polls/poll/{poll.pk}/qr.svg").content.decode()
    assert 'alt="QR code: https://polls.example/p/tea/"' in page
    assert f'src="/admin/polls/poll/{poll.pk}/qr.svg"' in page
    assert 'download="tea-qr.png"' in page
    assert read(drawn(svg)) == ["https://polls.example/p/tea/"]


def test_a_code_is_had_by_who_sees_the_poll_and_in_two_formats_alone(desk: Client, poll: Poll) -> None:
    an_editor("otto")
    ottos = a_draft(organiser=User.objects.get(username="otto"))
    assert desk.get(f"/admin/polls/poll/{ottos.pk}/qr.svg").status_code == 404
    assert desk.get(f"/admin/polls/poll/{poll.pk}/qr.pdf").status_code == 404
    assert Client().get(f"/admin/polls/poll/{poll.pk}/qr.svg").status_code == 302
