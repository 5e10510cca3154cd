"""What an editor has written outlives the session, and an answer that is a refusal."""

from collections.abc import Callable
from pathlib import Path

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from polls.models import Poll
from polls.terms import Status
from tests.desk import asked, change
from tests.journeys.writing import an_idea
from tests.votes import a_ballot


def the_session_ends() -> None:
    User.objects.update(password=PBKDF2PasswordHasher().encode("a password", "salt", iterations=1))
    Session.objects.all().delete()


def sign_in(page: Page) -> None:
    page.get_by_label("Name").fill("olive")
    page.get_by_label("Password").fill("a password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="You are signed in as olive.")).to_be_visible()


def test_what_was_written_when_the_session_ended_is_saved_without_scripts(olive: Callable[..., Page]) -> None:
    poll = an_idea()
    page = olive(change(poll), complains=r"40[34]", java_script_enabled=False)  # a bare page has no icon
    page.locator("[name=title]").fill("Lunch on “Friday”?")
    page.locator("[name=intro]").fill("One line\n\n& another")
    page.get_by_label("Choice").nth(3).fill("Salad")
    the_session_ends()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Nothing is lost: what you wrote is kept on this page.")).to_be_visible()
    sign_in(page)
    page.get_by_role("button", name="Send it as olive").click()
    expect(page.get_by_label("Title")).to_have_value("Lunch on “Friday”?")
    poll.refresh_from_db()
    assert (poll.title, poll.intro) == ("Lunch on “Friday”?", "One line\r\n\r\n& another")
    assert asked(poll) == [("Where?", ["Noodles", "Pizza", "Soup", "Salad"]), ("When?", ["Noon", "One"])]


def test_a_dialog_that_is_sent_without_a_session_keeps_what_was_typed(olive: Callable[..., Page]) -> None:
    poll = an_idea()
    Poll.objects.update(status=Status.PUBLISHED)
    a_ballot(poll)
    page = olive(change(poll), complains=r"403")
    page.get_by_role("link", name="Correct a text").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("What").select_option("– Noodles")
    dialog.get_by_label("Corrected text").fill("Noodle soup")
    dialog.get_by_label("Why").fill("A word was missing.")
    the_session_ends()
    dialog.get_by_role("button", name="Correct a text").click()
    sign_in(page)
    page.get_by_role("button", name="Send it as olive").click()
    expect(page.get_by_label("Title")).to_be_visible()
    assert asked(poll) == [("Where?", ["Noodle soup", "Pizza", "Soup"]), ("When?", ["Noon", "One"])]


def test_back_from_what_was_too_large_leads_to_all_that_was_typed(olive: Callable[..., Page], tmp_path: Path) -> None:
    poll = an_idea()
    page = olive(change(poll), complains=r"40[04]|413", java_script_enabled=False)
    typed = {"title": "Lunch?", "intro": "Two\nlines", "time_zone": "Asia/Tokyo"}
    for name, text in typed.items():
        page.locator(f"[name={name}]").fill(text)
    page.get_by_label("Choice").nth(3).fill("Salad")
    page.get_by_label("Kind").first.select_option("multiple")
    picture = tmp_path / "large.png"
    picture.write_bytes(b"x" * (26 * 2**20))
    page.locator("input[type=file]").first.set_input_files(picture)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Go back: what you typed is still there.")).to_be_visible()
    page.go_back()
    for name, text in typed.items():
        expect(page.locator(f"[name={name}]")).to_have_value(text)
    expect(page.get_by_label("Choice").nth(3)).to_have_value("Salad")
    expect(page.get_by_label("Kind").first).to_have_value("multiple")
