from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import EpsImagePlugin, Image

from polls.pictures import LONGEST_SIDE, check, redrawn
from tests.browser import Browser
from tests.builders import a_poll, choices_of

pytestmark = pytest.mark.usefixtures("house")


def an_upload(size: tuple[int, int] = (1600, 800), kind: str = "JPEG", **options: object) -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", size, "red").save(file, kind, **options)
    return SimpleUploadedFile("../../evil.html", file.getvalue())


def test_a_picture_is_redrawn_small_and_says_nothing_of_its_maker() -> None:
    exif = Image.Exif()
    exif[0x013B] = "Vera, at home"
    drawn = Image.open(BytesIO(redrawn(an_upload(exif=exif)).read()))
    assert drawn.format == "WEBP"
    assert drawn.size == (LONGEST_SIDE, LONGEST_SIDE // 2)
    assert not drawn.getexif()
    assert "exif" not in drawn.info


@pytest.mark.parametrize("content", [b"", b"<svg onload='alert(1)'/>", b"\x89PNG\r\n\x1a\n broken", b"GIF89a"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(ValidationError):
        check(SimpleUploadedFile("a.png", content))


def test_a_picture_whose_pixels_are_damaged_is_refused() -> None:
    """Its head says that it is one, and its decoder raises what no other one does."""
    whole = an_upload(kind="AVIF").read()
    with pytest.raises(ValidationError):
        check(SimpleUploadedFile("picture.avif", whole[:-200] + bytes(200)))


def test_no_upload_starts_ghostscript(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *asked: started.append(asked))
    with pytest.raises(ValidationError):
        check(SimpleUploadedFile("picture.eps", an_upload(kind="EPS").read()))
    assert not started


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    file = BytesIO()
    Image.new("1", (10_000, 6_001)).save(file, "PNG")  # in colours it takes two seconds
    with pytest.raises(ValidationError, match="too many pixels"):
        check(SimpleUploadedFile("a.png", file.getvalue()))


def test_a_picture_is_shown_with_its_words_and_served_as_it_was_drawn(vera: Browser) -> None:
    poll = a_poll()
    choice = choices_of(poll)[0]
    choice.picture, choice.picture_alt = an_upload(), 'A "red" wall'
    choice.save()
    assert choice.picture.name.endswith(".webp")
    assert "evil" not in choice.picture.name
    for address in (f"/p/{poll.slug}/", f"/p/{poll.slug}/results/", f"/embed/{poll.slug}/"):
        html = vera.get(address).text
        assert f'src="/media/{choice.picture.name}" alt="A &quot;red&quot; wall"' in html
    told = vera.get(f"/api/v1/polls/{poll.slug}").json()["questions"][0]["choices"][0]
    assert (told["picture"], told["picture_alt"]) == (choice.picture.url, 'A "red" wall')
    served = vera.get(choice.picture.url)
    assert served.headers["content-type"] == "image/webp"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in served.headers["cache-control"]
    choice.picture.delete(save=False)


@pytest.mark.parametrize(
    "address",
    [
        "/media/",
        "/media/choices/2026/evil.html",
        "/media/choices/2026/..%2f..%2f..%2fsecret.webp",
        "/media/choices/2026/0123456789abcdef01234567.webp",
        "/media/../secret-key",
    ],
)
def test_nothing_else_is_served(address: str, vera: Browser) -> None:
    assert vera.get(address).status_code == 404
