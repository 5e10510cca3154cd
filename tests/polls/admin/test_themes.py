"""The editor of themes: what is refused and mended with one press, who may change what, and the live preview."""

import re

import pytest
from django.test import Client

from polls import themes
from polls.models import Poll, Theme
from polls.shipped_themes import SHIPPED
from tests.builders import a_poll
from tests.desk import a_blank_form, an_editor, at_desk, fields_in, form_of, said_at

EVERY = "/admin/polls/theme/"
DEEDS = ("add_theme", "change_theme", "delete_theme", "view_theme")


def page(theme: Theme) -> str:
    return f"{EVERY}{theme.pk}/change/"


@pytest.fixture
def desk(house: None) -> Client:
    return at_desk(an_editor("olive", deeds=DEEDS))


def made(desk: Client, **fields: str) -> Theme:
    desk.post(f"{EVERY}add/", a_blank_form(desk, f"{EVERY}add/", "theme_form") | {"name": "Mine"} | fields)
    return Theme.objects.get(name="Mine")


def test_a_theme_is_written_in_any_spelling_and_shown_with_both_sides(desk: Client) -> None:
    theme = made(desk, accent="#725", background="FFF", css=".choice { border-width: 2px }")
    assert (theme.accent, theme.background, theme.maker) == ("#772255", "#ffffff", theme.maker)
    assert theme.maker
    assert theme.maker.username == "olive"
    text = desk.get(page(theme)).content.decode()
    assert f'src="/preview/theme/?side=light&amp;theme={theme.pk}"' in text
    assert 'data-picker="dark_background"' in text
    listed = desk.get(EVERY, {"q": "Mine"}).content.decode()
    assert listed.count('fill="#772255"') == 1
    assert listed.count('<svg viewBox="0 0 44 30"') == 2


def test_faint_colours_are_not_saved_and_one_press_takes_those_that_do(desk: Client) -> None:
    theme = made(desk)
    sent = form_of(desk, page(theme), "theme_form") | {"accent": "#ffcc00", "background": "#ffffff"}
    text = desk.post(page(theme), sent).content.decode()
    assert "the contrast is 1.5 to 1, and 4.5 is needed" in text
    assert 'name="take" value="accent=#917300"' in text
    assert Theme.objects.get(pk=theme.pk).accent != "#ffcc00"
    again = fields_in(text, "theme_form") | {"take": "accent=#917300"}
    assert desk.post(page(theme), again).status_code == 302
    assert Theme.objects.get(pk=theme.pk).accent == "#917300"


def test_what_makes_no_sense_is_said_at_its_field(desk: Client) -> None:
    theme = made(desk)
    form = form_of(desk, page(theme), "theme_form")

    def said(**typed: str) -> dict[str, str]:
        return said_at(desk.post(page(theme), form | typed).content.decode())

    both = said(accent="red", radius="29")
    assert both["accent"] == "Write a colour like #2c57cd."
    assert "28" in both["radius"]
    assert said(css="body { color: red }") == {"css": "Line 1: only what is in the card can be dressed, not “body”."}
    assert said(css="@import 'x';") == {"css": "Line 1: “@import” can’t be used here."}
    desk.post(page(theme), form | {"take": "css=x"})
    theme.refresh_from_db()
    assert theme.css == ""
    assert theme.radius == 12


def test_a_change_reaches_the_polls_that_wear_the_theme(desk: Client) -> None:
    theme = made(desk)
    poll = a_poll(theme=theme)
    desk.post(page(theme), form_of(desk, page(theme), "theme_form") | {"accent": "#772255"})
    before = poll.version
    poll.refresh_from_db()
    assert poll.version == before + 1
    desk.post(f"{EVERY}{theme.pk}/delete/", {"post": "yes"})
    poll.refresh_from_db()
    assert poll.theme is None
    assert poll.version == before + 2


def load_shipped() -> None:
    Theme.objects.bulk_create(Theme(name=name, **fields) for name, fields in SHIPPED.items())


def test_a_theme_of_somebody_else_can_be_copied_and_not_changed(desk: Client) -> None:
    load_shipped()
    shipped = Theme.objects.get(name="Harbour")
    assert desk.post(page(shipped), {"name": "Stolen"}).status_code == 403
    assert desk.post(f"{EVERY}{shipped.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk.post(f"{EVERY}{shipped.pk}/make_default/", {"_form_submitted": "on"}).status_code == 403
    desk.post(f"{EVERY}{shipped.pk}/copy/", {"_form_submitted": "on"})
    copy = Theme.objects.get(name="Harbour, copy 1")
    assert copy.accent == SHIPPED["Harbour"]["accent"]
    assert 'name="_save"' in desk.get(page(copy)).content.decode()
    assert 'name="_save"' not in desk.get(page(shipped)).content.decode()
    assert Theme.objects.count() == len(SHIPPED) + 1


def test_who_may_change_all_polls_chooses_what_the_site_wears(desk: Client) -> None:
    theme = made(desk)
    head = at_desk(an_editor("otto", is_superuser=True))
    assert head.get(f"{EVERY}{theme.pk}/make_default/").status_code == 200
    assert not Theme.objects.filter(is_default=True).exists()
    head.post(f"{EVERY}{theme.pk}/make_default/", {"_form_submitted": "on"})
    assert Theme.objects.get(is_default=True) == theme
    assert "worn everywhere" in head.get(EVERY).content.decode()
    head.post(f"{EVERY}{theme.pk}/unmake_default/", {"_form_submitted": "on"})
    assert not Theme.objects.filter(is_default=True).exists()


def test_the_preview_shows_ballot_and_results_on_each_side_and_needs_no_inline_style(desk: Client) -> None:
    theme = made(desk)
    answer = desk.get(f"/preview/theme/?side=dark&theme={theme.pk}")
    text = answer.content.decode()
    assert 'class="preview page in-dark theme-0' in text
    assert text.count(f'class="poll theme-{theme.pk} theme-0"') == 2
    assert (text.count('type="radio"'), text.count('class="figure"'), text.count('aria-label="your choice"')) == (
        4,
        4,
        1,
    )
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert Client().get("/preview/theme/").status_code == 302


def test_what_is_typed_comes_back_as_a_stylesheet_with_what_is_wrong(desk: Client) -> None:
    sent = a_blank_form(desk, f"{EVERY}add/", "theme_form")

    def check(**fields: str) -> dict[str, object]:
        told: dict[str, object] = desk.post("/preview/theme/check/", sent | fields).json()
        return told

    assert check(accent="#772255")["problems"] == []
    assert "--accent:light-dark(#772255," in str(check(accent="#772255")["css"])
    faint = check(accent="#ffcc00", background="#ffffff")
    assert faint["problems"] == [
        {
            "field": "accent",
            "sentence": "Too faint on its background: the contrast is 1.5 to 1, and 4.5 is needed.",
            "suggestion": "#917300",
        }
    ]
    assert "#ffcc00" in str(faint["css"])
    senseless = check(accent="red")
    assert (senseless["css"], [one["field"] for one in senseless["problems"]]) == ("", ["accent"])  # type: ignore[attr-defined]
    unfit = check(css="body{}")
    assert "theme-0" in str(unfit["css"])
    assert "body" not in str(unfit["css"])
    assert at_desk(an_editor("gina", deeds=())).post("/preview/theme/check/", sent).status_code == 403


def test_a_poll_chooses_its_theme_by_what_it_looks_like(desk: Client) -> None:
    load_shipped()
    otto = an_editor("otto", is_superuser=True)
    moss = Theme.objects.get(name="Moss")
    themes.make_default(Theme.objects.get(name="Plum"))
    poll, mine = a_poll(theme=moss), at_desk(otto)
    address = f"/admin/polls/poll/{poll.pk}/change/"
    text = mine.get(address).content.decode()
    offered = re.findall(r'<input type="radio" name="theme" value="(\d*)"([^>]*)>(.*?)</label>', text, re.DOTALL)
    assert len(offered) == 1 + Theme.objects.count()
    assert [value for value, attributes, _label in offered if re.search(r"\schecked(?=\s|$)", attributes)] == [
        str(moss.pk)
    ]
    looks = {value: label for value, _attributes, label in offered}
    assert "As the site: Plum" in looks[""]
    for value, theme in (("", Theme.objects.get(name="Plum")), (str(moss.pk), moss)):
        assert looks[value].count("<svg") == len(themes.sides(theme))
        assert f'fill="{themes.palette(theme, dark=False).accent}"' in looks[value]
    form = fields_in(text)
    assert form["theme"] == str(moss.pk)
    mine.post(address, form | {"theme": ""})
    assert Poll.objects.get(pk=poll.pk).theme is None
