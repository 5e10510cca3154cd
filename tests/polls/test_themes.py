"""What a theme may be: colours that can be read, CSS that stays in its card, and which polls wear what."""

import pytest

from polls import copies, own_css, palettes, snapshots, themes
from polls.colours import BLACK, WHITE, Colour, contrast, mixed
from polls.models import Poll, Theme
from polls.own_css import Unfit
from polls.shipped_themes import SHIPPED
from polls.terms import Scheme
from tests.builders import a_draft, a_poll

CARD = ".poll.theme-3"


def a_theme(**fields: object) -> Theme:
    fields.setdefault("name", "A theme")
    theme = Theme(**fields)
    themes.save(theme)
    return theme


@pytest.mark.parametrize("text", ["#000000", "#ffffff", "#2c57cd", "#ffcc00", "#00ff00", "#7a2d7f"])
def test_a_colour_goes_to_oklch_and_back(text: str) -> None:
    colour = Colour.of(text)
    assert str(Colour.seen(*colour.oklch)) == text


@pytest.mark.parametrize("text", ["", "red", "#fff", "#gggggg", "2c57cd0", "#2c57cd0"])
def test_what_is_no_colour_is_none(text: str) -> None:
    with pytest.raises(ValueError):
        Colour.of(text)


def test_contrast_is_what_wcag_says() -> None:
    assert contrast(WHITE, BLACK) == pytest.approx(21)
    assert contrast(Colour.of("#767676"), WHITE) == pytest.approx(4.54, abs=0.005)
    assert mixed(WHITE, BLACK, 0) == WHITE
    assert mixed(WHITE, BLACK, 1) == BLACK


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_theme_reads_well_in_light_and_in_dark(name: str) -> None:
    theme = Theme(name=name, **SHIPPED[name])
    theme.full_clean(validate_unique=False, validate_constraints=False)
    assert themes.problems(theme) == []
    for dark in themes.sides(theme):
        faint = [
            (on, ground)
            for on, ground, least in palettes.pairs(themes.palette(theme, dark=dark))
            if contrast(on, ground) < least
        ]
        assert faint == []


def test_there_is_a_dozen_of_them() -> None:
    assert len(SHIPPED) >= 12
    assert {fields.get("scheme", "auto") for fields in SHIPPED.values()} >= {"auto", "dark"}


@pytest.mark.parametrize(
    ("chosen", "field", "ratio"),
    [
        ({"accent": "#ffcc00", "background": "#ffffff"}, "accent", "1.5 to 1"),
        ({"accent": "#2c57cd", "background": "#787878"}, "background", "to 1"),
        ({"accent": "#3b5bdb", "background": "#3b5bdb"}, "accent", "1.0 to 1"),
        ({"accent": "#2c57cd", "background": "#ffffff", "dark_accent": "#2c57cd"}, "dark_accent", "to 1"),
        ({"accent": "#2c57cd", "background": "#ffffff", "dark_background": "#777777"}, "dark_background", "to 1"),
        ({"accent": "#777777", "background": "#888888"}, "accent", "to 1"),
    ],
)
def test_faint_colours_are_refused_with_one_that_does(chosen: dict[str, str], field: str, ratio: str) -> None:
    [problem] = themes.problems(Theme(**chosen))
    assert problem.field == field
    assert ratio in problem.sentence
    mended = Theme(**(chosen | {field: problem.suggestion}))
    assert field not in {problem.field for problem in themes.problems(mended)}
    # The hue is kept, as far as a screen can show it, and no colour is invented from far away.
    before, after = Colour.of(chosen[field]).oklch, Colour.of(problem.suggestion).oklch
    assert after[1] < 0.02 or abs((after[2] - before[2] + 180) % 360 - 180) < 12


def test_a_card_that_is_never_dark_needs_no_dark_colours() -> None:
    assert themes.problems(Theme(scheme=Scheme.LIGHT, dark_accent="#000000")) == []
    assert [problem.field for problem in themes.problems(Theme(dark_accent="#000000"))] == ["dark_accent"]


@pytest.mark.parametrize(
    ("css", "scoped"),
    [
        (".choice { border-width: 2px }", ".poll.theme-3 .choice{border-width:2px}"),
        ("/* c */ .a , .b{COLOR:red;}", ".poll.theme-3 .a,.poll.theme-3 .b{color:red}"),
        (".poll{top:0}", ".poll.theme-3{top:0}"),
        (".poll:hover > .x{top:0}", ".poll.theme-3:hover > .x{top:0}"),
        ("@media print{.x{--mine:3px}}", "@media print{.poll.theme-3 .x{--mine:3px}}"),
        (".mark.body{top:0}", ".poll.theme-3 .mark.body{top:0}"),
        (
            ".x{background:url('data:image/png;base64,AA')}",
            '.poll.theme-3 .x{background:url("data:image/png;base64,AA")}',
        ),
        (".x::before{content:'</style>'}", '.poll.theme-3 .x::before{content:"</style>"}'),
        ("", ""),
    ],
)
def test_css_of_ones_own_dresses_the_card(css: str, scoped: str) -> None:
    assert own_css.scoped(css, CARD) == scoped


@pytest.mark.parametrize(
    "css",
    [
        "@import 'x';",
        "@IMPORT url(x);",
        r"@\69mport 'x';",
        "@font-face{src:url(x)}",
        "@keyframes a{from{top:0}}",
        "@media print{@import 'x';}",
        "@media print{body{}}",
        "@supports (background:url(x)){.x{}}",
        "@layer x;",
        ".x{background:url(//evil.example)}",
        ".x{background:URL('https://evil.example')}",
        r".x{background:u\72l(http://evil.example)}",
        ".x{background:image-set('https://evil.example' 1x)}",
        ".x{background:var(--y,url(http://evil.example))}",
        ".x{--y:url(http://evil.example)}",
        ".x{background:url(data:text/html,x)}",
        ".x{width:expression(alert(1))}",
        ".x{behavior:url(x)}",
        r".x{\62 ehavior:1}",
        ".x{position:fixed}",
        r".x{position:f\69xed}",
        ".x{position:var(--p)}",
        "body{color:red}",
        ":root{color:red}",
        ":host(.x){color:red}",
        "html .x{}",
        ":is(body,.x){}",
        ".poll + p{color:red}",
        ".poll:hover  ~ p{}",
        "+ p{}",
        "& .x{}",
        ",.x{}",
        ".x{color:red!important}",
        ".poll{contain:none}",
        ".x{--accent:red}",
        ".x{color}",
        ".x{.y{color:red}}",
        ".x{color:red}}body{color:red}",
        ".x{" + "a:b;" * 2001 + "}",
    ],
)
def test_css_that_reaches_out_of_the_card_is_refused(css: str) -> None:
    with pytest.raises(Unfit):
        own_css.scoped(css, CARD)
    assert [problem.field for problem in themes.problems(Theme(css=css))] == ["css"]


@pytest.mark.parametrize("css", ["@media x{" * 800, "a{b:" + "(" * 7900, "a{b:" + "c(" * 3900, "a{b:" + "(){(]" * 1500])
def test_brackets_without_end_are_refused(css: str) -> None:
    """They are more than Python can follow."""
    with pytest.raises(own_css.Unfit, match="Line 1: this can’t be read as CSS"):
        own_css.scoped(css, ".poll")


def test_brackets_in_each_other_as_people_write_them_are_taken() -> None:
    css = "@media (width > 1px){@supports (a:b){.poll a:not(:is(b,:not(i))){width:calc(1px + (2 * (1px + (1px))))}}}"
    assert "calc" in own_css.scoped(css, ".poll")


def test_css_is_refused_with_its_line() -> None:
    with pytest.raises(Unfit, match="Line 3: “!important” is not needed"):
        own_css.scoped(".a{}\n\n.b{color:red!important}", CARD)


def test_a_poll_wears_its_own_theme_or_the_one_of_the_site(house: None) -> None:
    plain, dressed = a_poll(), a_poll(theme=a_theme())
    assert snapshots.of(plain).theme is None
    site = a_theme(name="Of the site")
    themes.make_default(site)
    site.refresh_from_db()
    worn = {poll: snapshots.of(Poll.objects.get(pk=poll.pk)).theme for poll in (plain, dressed)}
    assert {poll: theme.id for poll, theme in worn.items() if theme} == {plain: site.pk, dressed: dressed.theme_id}
    assert set(themes.worn_by(site)) == {plain}
    themes.make_default(dressed.theme)
    assert set(Theme.objects.filter(is_default=True)) == {dressed.theme}
    themes.make_default(None)
    assert snapshots.of(Poll.objects.get(pk=plain.pk)).theme is None


def test_a_change_of_a_theme_makes_its_polls_old_and_no_others(house: None) -> None:
    theme, other = a_theme(), a_theme(name="Other")
    worn, foreign, plain = a_poll(theme=theme), a_poll(theme=other), a_poll()

    def versions() -> list[int]:
        return [Poll.objects.get(pk=poll.pk).version for poll in (worn, foreign, plain)]

    begun = versions()
    themes.save(theme)
    assert [now - then for now, then in zip(versions(), begun, strict=True)] == [1, 0, 0]
    themes.make_default(other)
    assert [now - then for now, then in zip(versions(), begun, strict=True)] == [1, 0, 1]
    other.refresh_from_db()
    themes.save(other)
    assert [now - then for now, then in zip(versions(), begun, strict=True)] == [1, 1, 2]
    themes.remove(theme)
    assert [now - then for now, then in zip(versions(), begun, strict=True)] == [2, 1, 2]
    assert Poll.objects.get(pk=worn.pk).theme is None


def test_a_copy_of_a_poll_wears_the_same_and_a_copy_of_a_theme_looks_the_same(house: None) -> None:
    theme = a_theme(accent="#7a2d7f", radius=3, css=".x{top:0}")
    assert copies.copy(a_draft(theme=theme), organiser=None).theme == theme
    twins = [themes.copy(theme, maker=None) for _ in range(2)]
    assert [twin.name for twin in twins] == ["A theme, copy 1", "A theme, copy 2"]
    assert {(twin.accent, twin.radius, twin.css) for twin in twins} == {("#7a2d7f", 3, ".x{top:0}")}
