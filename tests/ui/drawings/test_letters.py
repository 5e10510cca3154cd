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
        ("🐙🦑", [letters.EMOJI]),
        ("1️⃣#️⃣❤️🇩🇪🇫🇷", [letters.EMOJI]),
        ("👩🏽‍🚀🏳️‍🌈🏴󠁧󠁢󠁷󠁬󠁳󠁿", [letters.EMOJI]),
        ("🍵 1 (2) © ™", [letters.EMOJI, "NotoSans-Regular.ttf"]),
        (
            "شاي 🍵 ساخن",
            ["NotoNaskhArabic-Regular.ttf", letters.EMOJI, "NotoSans-Regular.ttf", "NotoNaskhArabic-Regular.ttf"],
        ),
        ("✓♫", ["NotoSansSymbols2-Regular.ttf", "NotoSansSymbols-Regular.ttf"]),
    ],
)
def test_each_alphabet_has_a_font(text: str, fonts: list[str]) -> None:
    runs = letters.runs(text, TEXT)
    assert [run.font for run in runs] == fonts
    assert "".join(run.text for run in runs) == text


@pytest.mark.parametrize(
    "name", sorted({name for names in letters.FONTS.values() for name in names} | {letters.EAST_ASIAN, *letters.SIGNS})
)
def test_each_font_has_a_space_that_shows_nothing(name: str) -> None:
    assert letters.font(name, 30).getmask(" ").getbbox() is None
    assert letters.font(name, 30).getmask(letters.MISSING).getbbox()


def test_a_sign_that_no_font_has_is_told_by_its_name_and_letters_are_left_out() -> None:
    assert _said("Trump: 🂡") == "Trump: playing card ace of spades"
    assert _said("🀀") == "mahjong tile east wind"
    assert _said("ไทย tea \U0010fffd") == " tea "
    assert _said("tea ที่ पहले") == "tea  "
    assert [letters.lacks(text, TEXT) for text in ("tea ไทย", "पहले", "Zürich: 茶, شايٌ, לֶחֶם 🂡 é")] == [True, True, False]


@pytest.mark.parametrize("sign", ["👩🏽‍🚀", "👨‍👩‍👧‍👦", "🇩🇪", "1️⃣", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🏳️‍🌈", "❤️"])
def test_an_emoji_of_several_signs_is_one_picture_that_is_never_cut(sign: str) -> None:
    wide = letters.width(sign, TEXT, 30)
    assert wide == letters.width("🐙", TEXT, 30)
    lines = letters.wrapped(sign * 20, TEXT, 30, into=4.5 * wide, most=100)
    assert lines == [sign * 4] * 5
    assert letters.wrapped(sign * 20, TEXT, 30, into=4.5 * wide, most=1) == [f"{sign * 3}…"]


def test_what_is_read_the_other_way_is_turned_round_with_its_emoji() -> None:
    tea, arabic = ["Tea ", "🍵", " time"], ["شاي ", "🍵", " ", "ساخن"]
    for text, begins, placed in (
        ("Tea 🍵 time", "ltr", tea),
        ("Tea 🍵 time", "rtl", tea[::-1]),
        ("شاي 🍵 ساخن", "rtl", arabic),
        ("شاي 🍵 ساخن", "ltr", arabic[::-1]),
    ):
        assert [run.text for run in letters.placed(text, TEXT, begins=begins)] == placed


def _said(text: str) -> str:
    return "".join(run.text for run in letters.runs(text, TEXT))


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
