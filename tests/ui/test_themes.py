"""How a theme comes to the reader: by an address of its own, on page, frame and fragment, kept by caches for ever."""

import re

from polls import lifecycle, themes
from polls.models import Poll, Theme
from tests.browser import Browser
from tests.builders import a_draft, a_poll, now
from tests.doors import HTMX

LINK = re.compile(r'<link rel="stylesheet" href="(/theme/[^"]+)">')


def a_theme(**fields: object) -> Theme:
    theme = Theme(**({"name": "A theme"} | fields))
    themes.save(theme)
    return theme


def link(browser: Browser, address: str, **headers: str) -> str:
    """The address of the theme's stylesheet on a page, which must be there once."""
    [found] = LINK.findall(browser.get(address, headers=headers).text)
    return str(found)


def test_page_frame_fragment_and_results_wear_the_theme(vera: Browser) -> None:
    theme = a_theme()
    poll = a_poll(theme=theme)
    addresses = (f"/p/{poll.slug}/", f"/embed/{poll.slug}/", f"/p/{poll.slug}/results/", f"/p/{poll.slug}/changes/")
    found = {link(vera, address) for address in addresses}
    found.add(link(vera, f"/p/{poll.slug}/", **{"HX-Request": "true"}))
    assert len(found) == 1
    for address in addresses:
        text = vera.get(address).text
        assert f'<section class="poll theme-{theme.pk}"' in text
        assert 'style="' not in text
        assert "<style" not in text
    assert not LINK.findall(vera.get(f"/p/{a_poll().slug}/").text)


def test_a_stylesheet_may_be_kept_for_ever_by_anyone(vera: Browser) -> None:
    theme = a_theme(accent="#7a2d7f", dark_accent="#ffbbff", radius=3)
    answer = vera.get(link(vera, f"/p/{a_poll(theme=theme).slug}/"))
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "set-cookie" not in answer.headers
    assert answer.text.startswith(f".theme-{theme.pk}{{")
    assert "--accent:light-dark(#7a2d7f,#ffbbff)" in answer.text
    assert "--radius:0.1875rem" in answer.text


def test_a_changed_theme_has_another_address_at_once_and_the_old_one_answers_for_a_while(vera: Browser) -> None:
    theme = a_theme()
    page = f"/embed/{a_poll(theme=theme).slug}/"
    before = link(vera, page)
    theme.accent = "#7a2d7f"
    themes.save(theme)
    after = link(vera, page)
    assert before != after
    assert "#7a2d7f" in vera.get(after).text
    again = vera.get(before.replace(before[-16:-4], "0" * 12))
    assert "#7a2d7f" in again.text
    assert again.headers["cache-control"] == "public, max-age=60"
    assert vera.get("/theme/999999-000000000000.css").status_code == 404


def test_the_theme_of_the_site_is_worn_by_polls_without_one_and_by_the_list(vera: Browser) -> None:
    poll = a_poll()
    assert not LINK.findall(vera.get(f"/p/{poll.slug}/").text)
    theme = a_theme()
    themes.make_default(theme)
    assert link(vera, f"/p/{poll.slug}/") == link(vera, "/")
    themes.make_default(None)
    assert not LINK.findall(vera.get(f"/p/{poll.slug}/").text + vera.get("/").text)


def test_an_always_dark_card_is_dark_for_everyone(vera: Browser) -> None:
    theme = a_theme(scheme="dark", accent="#7cc4ff", background="#0e1526")
    poll = a_poll(theme=theme)
    text = vera.get(link(vera, f"/p/{poll.slug}/")).text
    assert "color-scheme:dark" in text
    assert "light-dark" not in text
    assert '<meta name="color-scheme" content="dark">' in vera.get(f"/p/{poll.slug}/").text


def test_css_of_ones_own_comes_last_and_its_card_holds_it(vera: Browser) -> None:
    theme = a_theme(css=".choice { border-width: 3px }")
    text = vera.get(link(vera, f"/p/{a_poll(theme=theme).slug}/")).text
    card = f".poll.theme-{theme.pk}"
    assert text.splitlines()[1] == f"{card} .choice{{border-width:3px}}"
    assert text.splitlines()[2].startswith(f"{card}{{contain:layout paint!important;")
    assert Poll.objects.count() == 1


def test_refusals_and_the_way_to_sign_in_wear_the_theme_of_their_poll(vera: Browser) -> None:
    theme, site = a_theme(), a_theme(name="Of the site")
    poll, draft = a_poll(theme=theme, policy="account"), a_draft(theme=theme)
    expected = link(vera, f"/p/{poll.slug}/")
    for door in ("login", "logout"):
        page = f"/accounts/{door}/?next=/p/{poll.slug}/%3Flang=de"
        assert link(vera, page) == expected
        assert f'<section class="poll theme-{theme.pk}"' in vera.get(page).text
    themes.make_default(site)
    for unknown in ("", f"/p/{draft.slug}/", "https://mallory.example/p/x/"):
        assert f"theme-{site.pk}-" not in expected
        assert f"/theme/{site.pk}-" in link(vera, f"/accounts/login/?next={unknown}")
    lifecycle.close(poll, at=now())
    lifecycle.archive(poll, at=now())
    for address, headers in ((f"/p/{poll.slug}/", {}), (f"/embed/{poll.slug}/", {}), (f"/p/{poll.slug}/", HTMX)):
        gone = vera.get(address, headers=headers)
        assert (gone.status_code, LINK.findall(gone.text)) == (410, [expected])
        assert f'<section class="poll theme-{theme.pk}"' in gone.text
    assert not LINK.findall(vera.get(f"/p/{draft.slug}/").text), "a draft is no secret kept if it shows its look"
