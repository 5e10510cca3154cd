"""An editor hands out invitations, on a page and as codes for cameras."""

from collections.abc import Callable
from io import BytesIO

import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from polls.models import Poll
from tests.desk import change
from tests.journeys.writing import an_idea


def test_codes_are_seen_once_and_one_is_revoked_in_a_dialog(olive: Callable[..., Page]) -> None:
    poll = an_idea()
    Poll.objects.update(policy="invitation")
    page = olive(f"/admin/polls/poll/{poll.pk}/invitations/")
    page.get_by_label("Or for whom").fill("Vera\nVictor")
    page.get_by_role("button", name="Show the codes").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as a table").click()
    codes = page.locator(".desk-slips code").all_inner_texts()
    assert [code for code in codes if code in saved.value.path().read_text()] == codes
    page.get_by_role("link", name="Done").click()
    page.get_by_role("checkbox", name="Vera").check()
    page.get_by_role("button", name="Revoke the chosen").click()
    expect(page.get_by_role("heading", name="Revoke 1 invitation?")).to_be_visible()
    assert not poll.invitations.exclude(revoked_at=None).exists()
    page.locator("#dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("1 invitation is revoked.")).to_be_visible()
    assert poll.invitations.exclude(revoked_at=None).get().label == "Vera"


def test_a_camera_reads_the_codes_of_cards_and_of_a_poll_in_the_dark_and_on_paper(
    olive: Callable[..., Page], polls: str
) -> None:
    poll = an_idea()
    Poll.objects.update(policy="invitation")
    page = olive(f"{change(poll)}#share", color_scheme="dark")
    code = page.get_by_role("img", name=f"QR code: {polls}/p/{poll.slug}/")
    code.scroll_into_view_if_needed()
    expect(code).to_have_js_property("complete", value=True)
    assert _read(code) == {f"{polls}/p/{poll.slug}/"}
    with page.expect_download() as saved:
        page.locator(".desk-poster").get_by_role("link", name="PNG").click()
    assert saved.value.suggested_filename == f"{poll.slug}-qr.png"
    page.goto(f"{polls}/admin/polls/poll/{poll.pk}/invitations/")
    page.get_by_label("How many").fill("6")
    page.get_by_role("button", name="Show the codes").click()
    links = set(page.locator(".desk-slips small").all_inner_texts())
    assert len(links) == 6
    assert _read(page.locator(".desk-slips")) == links
    page.emulate_media(media="print", color_scheme="dark")
    assert _read(page.locator(".desk-slips")) == links
    # Beyond the edge of a page stands the next one.
    expect(page.get_by_text("To the content")).to_be_hidden()


def _read(seen: Locator) -> set[str]:
    """What a camera reads there."""
    return {code.text for code in zxingcpp.read_barcodes(Image.open(BytesIO(seen.screenshot())).convert("L"))}
