import pytest

from ui.drawings import letters
from ui.drawings.letters import BOLD, TEXT


@pytest.mark.parametrize(
    ("text", "fonts"),
    [
        ("Zürich, Ελλάδα и Київ", ["NotoSans-Regular.ttf"]),
        ("خبز الصباح؟", ["NotoNaskhArabic-Regular.ttf"]),
        ("לחם", ["NotoSansHebrew-Regular.ttf"]),
        ("您最喜欢哪座桥？ どれ 어느", ["NotoSansCJK-Regular.otf"]),
        ("Tea 茶 tea", ["NotoSans-Regular.ttf", "NotoSansCJK-Regular.otf", "NotoSans-Regular.ttf"]),
    ],
)
def test_each_alphabet_has_a_font(text: str, fonts: list[str]) -> None:
    runs = letters.runs(text, TEXT)
    assert [run.font for run in runs] == fonts
    assert "".join(run.text for run in runs) == text


@pytest.mark.parametrize(
    "name", sorted({name for names in letters.FONTS.values() for name in names} | {letters.EAST_ASIAN})
)
def test_each_font_has_a_space_that_shows_nothing(name: str) -> None:
    assert letters.font(name, 30).getmask(" ").getbbox() is None
    assert letters.font(name, 30).getmask(letters.MISSING).getbbox()


def test_what_no_font_has_is_left_out() -> None:
    assert "".join(run.text for run in letters.runs("🐙 octopus 👩🚀", TEXT)).split() == ["octopus"]


def test_brackets_turn_round_with_the_words_that_they_hold() -> None:
    assert {run.direction for run in letters.runs("(خبز) (الصباح)", TEXT)} == {"rtl"}
    assert {run.direction for run in letters.runs("(tea) 茶 (tea)", TEXT)} == {"ltr"}


@pytest.mark.parametrize(
    "text", ["a long sentence of many words " * 5, "x" * 200, "您最喜欢哪座桥" * 20, "الشاي " * 60]
)
def test_no_line_is_wider_than_it_may_be_and_no_letter_is_lost(text: str) -> None:
    lines = letters.wrapped(text, BOLD, 30, into=500, most=100)
    assert max(letters.width(line, BOLD, 30) for line in lines) <= 500
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    lines = letters.wrapped("a long sentence of many words " * 5, TEXT, 30, into=300, most=2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert letters.width(lines[-1], TEXT, 30) <= 300
