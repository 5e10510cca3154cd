"""Ballot files: what each format reads and writes, and that a bad file raises one error with a sentence."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from polls.counting import Ballot, Profile, count
from polls.counting.files import FORMATS, BallotFile, BallotFileError, parse, read, render, safe_cell, write
from tests.polls.counting.builders import KNOWN, a_profile

TENNESSEE = a_profile(KNOWN["tennessee"]["ballots"], choices="MNCK")

words = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]) | st.sampled_from("=+-@'\"\\[]{}#/:;,> "),
    min_size=1,
    max_size=12,
).map(str.strip)
names = words.filter(bool)
lists_of_names = st.lists(names, min_size=1, max_size=6, unique=True)


@st.composite
def files(draw: st.DrawFn, *, scores: bool) -> BallotFile:
    choices = draw(lists_of_names)
    weights: dict[Ballot, int] = {}
    for _ in range(draw(st.integers(0, 5))):
        marked = draw(st.lists(st.sampled_from(choices), unique=True))
        if scores:
            ballot = Ballot.scoring({choice: draw(st.integers(0, 10)) for choice in marked})
        else:
            cut = draw(st.integers(0, len(marked)))
            ballot = Ballot(tuple(group for group in (tuple(marked[:cut]), *((c,) for c in marked[cut:])) if group))
        weights[ballot] = draw(st.integers(1, 10**12))
    return BallotFile(Profile.of(weights, choices=choices))


@settings(max_examples=40, deadline=None)
@given(file=files(scores=False), file_format=st.sampled_from(FORMATS))
def test_rankings_survive_every_format(file: BallotFile, file_format: str) -> None:
    back = parse(render(file, file_format=file_format).encode(), file_format=file_format)
    assert back.profile == file.profile


@settings(max_examples=40, deadline=None)
@given(file=files(scores=True), file_format=st.sampled_from(["abif", "csv", "json"]))
def test_scores_survive_every_format_that_has_them(file: BallotFile, file_format: str) -> None:
    back = parse(render(file, file_format=file_format).encode(), file_format=file_format)
    assert back.profile == file.profile


@settings(max_examples=40, deadline=None)
@given(file=files(scores=True))
def test_no_written_cell_is_a_formula(file: BallotFile) -> None:
    for row in csv.reader(io.StringIO(render(file, file_format="csv"))):
        assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


pieces = st.lists(
    st.sampled_from(
        [
            *(
                "1",
                "2",
                "0",
                "-1",
                "9" * 30,
                "١",
                "0_1",
                "+1",
                "1.5",
                "A",
                "B",
                '"',
                '"A"',
                "[",
                "]",
                "[A b]",
                "{",
                "}",
            ),
            *(
                ":",
                "/",
                ">",
                "=",
                ",",
                "-",
                "#",
                "\n",
                "\n",
                " ",
                "\\",
                "count",
                "score:A",
                "rank:",
                "\x00",
                "\ud800",
                "\r",
            ),
            *('"ballots"', '"choices"', '{"choices":["A"],"ballots":[', "]}", '{"count":1}', "null", "NaN", "1e999"),
            *("é", "\u2028"),
        ]
    ),
    max_size=40,
).map("".join)


def parsed_or_refused(content: bytes, file_format: str) -> BallotFile | BallotFileError:
    """Any other exception fails the test that calls this."""
    try:
        return parse(content, file_format=file_format)
    except BallotFileError as error:
        return error


@settings(max_examples=120, deadline=None)
@given(content=st.binary(max_size=60) | pieces.map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(content=b"[" * 100_000)
def test_a_bad_file_raises_one_error_only(content: bytes) -> None:
    for file_format in FORMATS:
        found = parsed_or_refused(content, file_format)
        if isinstance(found, BallotFile):
            count(found.profile, rule="schulze")
        else:
            assert str(found).endswith(".")
            assert str(found).isprintable()


@settings(max_examples=80, deadline=None)
@given(file=files(scores=False), file_format=st.sampled_from(FORMATS), data=st.data())
def test_a_damaged_file_raises_one_error_only(file: BallotFile, file_format: str, data: st.DataObject) -> None:
    content = bytearray(render(file, file_format=file_format).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        content = content or bytearray(b" ")
    assert parsed_or_refused(bytes(content), file_format)


BAD = [
    ("abif", b"3:A>B\n2:A>A\n", 2, "twice"),
    ("abif", b"=A:[Ann]\n\n2:A>Z\n", 3, "“Z” is not one of the choices"),
    ("abif", b"-3:A\n", 1, "whole number"),
    ("abif", "٣:A\n".encode(), 1, "whole number"),
    ("abif", b"1_0:A\n", 1, "whole number"),
    ("abif", b"9999999999999999:A\n", 1, "15 digits"),
    ("abif", b"A>B\n", 1, "begins with how many"),
    ("abif", b"1:A>\n", 1, "cannot be read as a choice"),
    ("abif", b"1:A/x\n", 1, "a score"),
    ("abif", b"1:A/1>B/5\n", 1, "contradict"),
    ("abif", b"1:A/1,B\n", 1, "needs a score for each"),
    ("abif", b"1:A\n\xff\n", 2, "UTF-8"),
    ("abif", b"1:A\n1:\0\n", 2, "NUL"),
    ("abif", b"{title\n", 1, "key: value"),
    ("blt", b'2 1\n3 1 2\n0\n"A"\n"B"\n', 2, "does not end with 0"),
    ("blt", b'2 1\n3 1 3 0\n0\n"A"\n"B"\n', 2, "no choice “3”"),
    ("blt", b'2 1\n3 1 1 0\n0\n"A"\n"B"\n', 2, "twice"),
    ("blt", b'2 1\n-3\n0\n"A"\n"B"\n', 2, "no choice “3”"),
    ("blt", b'2 1\n1 2 0\n-3 1 0\n0\n"A"\n"B"\n', 3, "whole number"),
    ("blt", b'2 1\n0\n"A"\n', 3, "2 names are needed"),
    ("blt", b'2 1\n0\n"A"\n"A"\n', 4, "listed twice"),
    ("blt", b'2 0\n0\n"A"\n"B"\n', 1, "at least 1"),
    ("blt", b"999999999 1\n0\n", 1, "at most 500"),
    ("blt", b'2 1\n0\n"A\n', 3, "never closed"),
    ("blt", b"2 1\n1 2 0\n", 0, "The file ends"),
    ("blt", b"", 0, "The file ends"),
    ("csv", b"count,A,B\n1,2,1\nx,1,2\n", 3, "the count of a ballot"),
    ("csv", b"A,B\n1\n", 2, "1 cells"),
    ("csv", b"A,B\n0,1\n", 2, "at least 1"),
    ("csv", b"A,A\n1,2\n", 1, "two columns"),
    ("csv", b"A,\n1,2\n", 1, "no name"),
    ("csv", b'A,"B\n', 1, "not CSV"),
    ("csv", b"rank:A,score:A,score:B\n1,5,3\n", 2, "does not rank"),
    ("csv", b"", 0, "empty"),
    ("json", b'{"choices": ["A"],\n "ballots": [\n{"count": 1},\n{"count": -1}\n]}', 4, "the count of a ballot"),
    ("json", b'{"choices": ["A"],\n "ballots": [\n{"ranking": ["Z"]}]}', 3, "“Z” is not one"),
    ("json", b'{"choices": ["A"],\n "ballots": [\n{"ranking": ["A", ["A"]]}]}', 3, "twice"),
    ("json", b'{"choices": ["A"],\n "ballots": [{"rankings": []}]}', 2, "“rankings” is not known"),
    ("json", b'{"choices": ["A"],\n "ballots": [{"count": true}]}', 2, "whole number"),
    ("json", b'{"choices": ["A"],\n "ballots": [{"count": 1.0}]}', 2, "whole number"),
    ("json", b'{"choices": ["A", "A"], "ballots": []}', 0, "listed twice"),
    ("json", b'{"choices": ["A"], "choices": ["B"], "ballots": []}', 0, "stands twice"),
    ("json", b'{"choices": ["A"]}', 0, "“ballots” is missing"),
    ("json", b'{"choices": ["\\u0000"], "ballots": []}', 0, "A choice is text"),
    ("json", b"{\n,}", 2, "not JSON"),
    ("json", b"[]", 0, "one JSON object"),
    ("json", b"1" * 5000, 0, "too many digits"),
    ("xml", b"", 0, "not known"),
]


@pytest.mark.parametrize(("file_format", "content", "line", "says"), BAD)
def test_what_is_wrong_is_said_with_its_line(file_format: str, content: bytes, line: int, says: str) -> None:
    with pytest.raises(BallotFileError, match=says) as caught:
        parse(content, file_format=file_format)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"Line {line}: ") or line == 0


def test_abif_with_names_scores_comments_and_blank_ballots() -> None:
    text = """# Case of the ABIF repository, shortened
{version: "0.1"}
{title: "Weird } # election"}
=DGM:[Doña García Márquez]
="蘇業":[Sue Ye (蘇業)]  # declared in quotes
AM:[Adam #1]

10:
27: DGM/5 > "蘇業"/3 = AM/3   # ranked and scored
 3: AM/5, DGM/2, [Sue Ye (蘇業)]/0
"""
    file = parse(text.encode(), file_format="abif")
    assert file.title == "Weird } # election"
    assert file.names["AM"] == "Adam #1"
    assert file.profile.choices == ("DGM", "蘇業", "AM")
    assert file.profile.weights == {
        Ballot(): 10,
        Ballot((("DGM",), ("蘇業", "AM")), (("DGM", 5), ("蘇業", 3), ("AM", 3))): 27,
        Ballot((("AM",), ("DGM",), ("蘇業",)), (("DGM", 2), ("蘇業", 0), ("AM", 5))): 3,
    }


def test_abif_without_declarations_learns_the_choices_from_the_ballots() -> None:
    file = parse(b"42:M>N>C>K\n26:N>C>K>M\n3:A,B\n", file_format="abif")
    assert file.profile.choices == ("M", "N", "C", "K", "A", "B")
    assert file.profile.weights[Ballot((("A", "B"),))] == 3


def test_blt_as_its_authors_wrote_it() -> None:
    ballots = "4 2\n-2\n3 1 3 4 0\n4 1 3 2 0\n2 4 1=3 0 # equal\n1 - 2 - 4 0\n0\n"
    text = ballots + '"Adam"\nBasil\n"Char \\"C\\""\n"Donald"\n"Title"\n'
    file = parse(text.encode(), file_format="blt")
    assert (file.title, file.seats) == ("Title", 2)
    assert file.profile.choices == ("Adam", 'Char "C"', "Donald")
    assert file.profile.weights == {
        Ballot((("Adam",), ('Char "C"',), ("Donald",))): 3,
        Ballot((("Adam",), ('Char "C"',))): 4,
        Ballot((("Donald",), ("Adam", 'Char "C"'))): 2,
        Ballot((("Donald",),)): 1,
    }


def test_blt_refuses_scores() -> None:
    scored = BallotFile(Profile.of({Ballot.scoring({"A": 1}): 1}))
    with pytest.raises(BallotFileError, match="rankings only"):
        render(scored, file_format="blt")


def test_csv_plain_columns_are_what_the_reader_asks_for() -> None:
    table = "\ufeffWeight,A,B\r\n3,1,2\r\n\r\n1,,1\r\n".encode()
    assert parse(table, file_format="csv").profile.weights == {
        Ballot((("A",), ("B",))): 3,
        Ballot((("B",),)): 1,
    }
    scored = parse(table, file_format="csv", marks="score").profile
    assert scored.weights[Ballot((("B",), ("A",)), (("A", 1), ("B", 2)))] == 3


def test_csv_closes_up_skipped_ranks_and_takes_equal_ones() -> None:
    assert list(parse(b"A,B,C\n2,9,2\n", file_format="csv").profile.weights) == [Ballot((("A", "C"), ("B",)))]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM", "\uff1d1", "'x", "Count", "Receipt", "rank:A", "score:B"])
def test_csv_headers_that_could_be_mistaken_come_back_unchanged(name: str) -> None:
    written = render(BallotFile(Profile.of({((name,),): 1})), file_format="csv")
    assert f"rank:{name}" in written
    assert parse(written.encode(), file_format="csv").profile.choices == (name,)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra", "\na", " =1"])
def test_foreign_text_becomes_a_safe_cell(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell("plain") == "plain"


def test_json_takes_ids_names_and_lone_choices() -> None:
    text = b"""{"title": "T", "seats": 2, "choices": ["A", {"id": 7, "name": "Seven"}],
      "ballots": [{"count": 2, "ranking": ["A", [7]]}, {"scores": {"7": 3, "A": 1}}, {"count": 1}]}"""
    file = parse(text, file_format="json")
    assert (file.title, file.seats, file.names) == ("T", 2, {7: "Seven"})
    assert file.profile.weights == {
        Ballot((("A",), (7,))): 2,
        Ballot(((7,), ("A",)), (("A", 1), (7, 3))): 1,
        Ballot(): 1,
    }
    assert parse(render(file, file_format="json").encode(), file_format="json") == file


@pytest.mark.parametrize("file_format", FORMATS)
def test_files_are_read_and_written_by_their_extension(tmp_path: Path, file_format: str) -> None:
    path = tmp_path / f"capital.{file_format}"
    write(path, BallotFile(TENNESSEE))
    assert read(path).profile == TENNESSEE


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.abif", tmp_path, "a\0b.csv"):
        with pytest.raises(BallotFileError, match="cannot be read"):
            read(path, file_format="abif")


def test_too_many_choices_are_refused() -> None:
    header = ",".join(f"c{number}" for number in range(501))
    with pytest.raises(BallotFileError, match="more than 500"):
        parse(header.encode(), file_format="csv")
