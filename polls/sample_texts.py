"""What the sample polls say. `polls.samples` loads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from polls.terms import Kind, Reveal


@dataclass(frozen=True, slots=True)
class SampleChoice:
    text: str
    liking: int = 1
    """How much it is liked beside its neighbours."""
    right: bool = False
    picture: str = ""
    """The name of a picture in `polls.sample_pictures`; `picture_alt` tells it."""
    picture_alt: str = ""
    none_of_the_above: bool = False


@dataclass(frozen=True, slots=True)
class SampleQuestion:
    text: str
    choices: tuple[SampleChoice, ...]
    hint: str = ""
    kind: Kind = Kind.SINGLE
    required: bool = True
    minimum: int = 1
    maximum: int | None = None
    left_out: float = 0.3
    """The share of voters who leave a question out that is not required."""
    camps: tuple[tuple[int, str], ...] = ()
    """Of rankings and scores: how many voters think alike, and what they say of the choices, a letter each:

    "CAB" ranks the third choice first; "503" gives the first five points.
    """
    grades: tuple[int, ...] = ()
    """Of a rating: how often each grade is given, from the lowest, to a choice that is liked as much as any."""
    texts: tuple[str, ...] = ()
    """What is written: by the first voters, one each. An editor lets all but the last two be shown."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """Other fields of the question."""


@dataclass(frozen=True, slots=True)
class SamplePoll:
    slug: str
    title: str
    questions: tuple[SampleQuestion, ...]
    ballots: int
    intro: str = ""
    language: str = "en"
    reveal: Reveal = Reveal.AFTER_VOTING
    published_days_ago: int = 5
    opens_in_days: int | None = None
    closes_in_days: int | None = None
    closed_days_ago: int | None = None
    """Closed by its editor so long ago."""


def _choices(*liked: tuple[str, int]) -> tuple[SampleChoice, ...]:
    return tuple(SampleChoice(text, liking) for text, liking in liked)


SAMPLES = (
    SamplePoll(
        slug="which-bridge-first",
        title="Which bridge should the city repair first?",
        intro="The council has the money for one repair this year. Your vote is advice, and it will be read out.",
        closes_in_days=9,
        ballots=642,
        questions=(
            SampleQuestion(
                "Which bridge should the city repair first?",
                _choices(
                    ("Old Mill Bridge", 21),
                    ("Harbour footbridge", 48),
                    ("Railway viaduct on the north line, with the cycle path that was promised in 2019", 25),
                    ("None of them", 6),
                ),
            ),
        ),
    ),
    SamplePoll(
        slug="friday-lunch",
        title="Where do we eat on Friday?",
        reveal=Reveal.ALWAYS,
        closes_in_days=2,
        published_days_ago=1,
        ballots=118,
        questions=(
            SampleQuestion(
                "Where do we eat on Friday?",
                _choices(
                    ("Noodles on the corner", 9),
                    ("The canteen, it’s dumpling day", 12),
                    ("Falafel in the park if it’s dry", 15),
                    ("Everyone brings something", 5),
                ),
                hint="Ten past twelve at the lifts.",
            ),
        ),
    ),
    SamplePoll(
        slug="book-club",
        title="What shall we read next?",
        intro="We meet on the last Thursday of the month at the back of the bookshop. Newcomers are welcome.",
        closes_in_days=16,
        ballots=207,
        questions=(
            SampleQuestion(
                "What shall we read next?",
                _choices(
                    ("Middlemarch, George Eliot", 14),
                    ("The Left Hand of Darkness, Ursula K. Le Guin", 22),
                    ("Things Fall Apart, Chinua Achebe", 17),
                    ("The Summer Book, Tove Jansson", 24),
                    ("If on a winter’s night a traveller, Italo Calvino", 11),
                ),
                kind=Kind.MULTIPLE,
                maximum=2,
            ),
        ),
    ),
    SamplePoll(
        slug="conference-day-one",
        title="How was day one?",
        intro="Three short questions. The organisers read the answers tonight and can still change tomorrow.",
        reveal=Reveal.ALWAYS,
        published_days_ago=1,
        ballots=356,
        questions=(
            SampleQuestion(
                "Which talk will you tell your colleagues about?",
                _choices(
                    ("Queues all the way down", 31),
                    ("What we deleted last year", 44),
                    ("A gentle introduction to failing discs", 18),
                    ("The opening keynote", 12),
                ),
            ),
            SampleQuestion(
                "What should be better tomorrow?",
                _choices(
                    ("Longer breaks", 30),
                    ("More vegetarian food", 19),
                    ("Microphones for questions from the audience", 26),
                    ("Heating in the small hall", 34),
                    ("Nothing, it was fine", 8),
                ),
                hint="The two things that matter most to you.",
                kind=Kind.MULTIPLE,
                maximum=2,
            ),
            SampleQuestion(
                "Will you come to the dinner?",
                _choices(("Yes", 50), ("Yes, with somebody", 14), ("No", 36)),
                required=False,
            ),
        ),
    ),
    SamplePoll(
        slug="library-name",
        title="What should the new library be called?",
        intro="412 suggestions came in, these five are left. The name is announced when the poll has closed.",
        reveal=Reveal.AFTER_CLOSE,
        closes_in_days=23,
        published_days_ago=9,
        ballots=489,
        questions=(
            SampleQuestion(
                "What should the new library be called?",
                _choices(
                    ("House of Pages", 20),
                    ("Lantern", 31),
                    ("The Commons", 16),
                    ("Ada Lovelace Library", 27),
                    ("Simply: the Library", 13),
                ),
            ),
        ),
    ),
    SamplePoll(
        slug="school-trip",
        title="Where does year eight go in June?",
        intro="Parents and pupils vote together at home: one vote per family, please.",
        opens_in_days=3,
        closes_in_days=17,
        published_days_ago=1,
        ballots=0,
        questions=(
            SampleQuestion(
                "Where does year eight go in June?",
                _choices(
                    ("The coast: tents, tides and a lighthouse", 1),
                    ("The mountains: huts, boots and a glacier", 1),
                    ("The capital: museums, a theatre and the parliament", 1),
                ),
            ),
        ),
    ),
    SamplePoll(
        slug="night-bus",
        title="Should the night bus run every half hour?",
        intro="It runs every hour today. Twice as often costs as much as the new playground at the station.",
        published_days_ago=40,
        closed_days_ago=12,
        ballots=913,
        questions=(
            SampleQuestion(
                "Should the night bus run every half hour?",
                _choices(
                    ("Yes, every night", 37),
                    ("Yes, but only on Fridays and Saturdays", 41),
                    ("No, keep the hour", 16),
                    ("I never take it", 9),
                ),
            ),
        ),
    ),
    SamplePoll(
        slug="market-hours",
        title="متى تفضّل أن يفتح سوق الحي؟",
        intro="يريد مجلس الحي أن يختار مواعيد تناسب الباعة والزوار معاً.",
        language="ar",
        reveal=Reveal.ALWAYS,
        closes_in_days=12,
        ballots=276,
        questions=(
            SampleQuestion(
                "متى تفضّل أن يفتح سوق الحي؟",
                _choices(
                    ("صباح الجمعة", 22),
                    ("مساء الخميس، بعد أن تخفّ حرارة النهار", 41),
                    ("طوال يوم السبت", 26),
                    ("لا فرق عندي", 8),
                ),
            ),
        ),
    ),
    SamplePoll(
        slug="stadtpark",
        title="Was fehlt im Stadtpark am meisten?",
        intro="Im Herbst wird der südliche Teil neu angelegt. Das Grünflächenamt plant mit dem, was Sie ankreuzen.",
        language="de",
        reveal=Reveal.ALWAYS,
        closes_in_days=30,
        published_days_ago=14,
        ballots=534,
        questions=(
            SampleQuestion(
                "Was fehlt im Stadtpark am meisten?",
                _choices(
                    ("Ein Trinkbrunnen", 28),
                    ("Bänke im Schatten", 33),
                    ("Beleuchtung auf dem Hauptweg zwischen Straßenbahnhaltestelle und Seniorenwohnanlage", 24),
                    ("Eine Hundewiese", 14),
                    ("Tischtennisplatten", 18),
                    ("Nichts", 4),
                ),
                kind=Kind.MULTIPLE,
                maximum=3,
            ),
        ),
    ),
    SamplePoll(
        slug="shared-garden",
        title="What do we plant in the shared garden?",
        intro=(
            "The beds behind number 14 are free from April. We can look after four kinds of plants, not more: "
            "last year’s courgettes taught us that.\n"
            "The water comes from the roof, so please think of a dry July."
        ),
        closes_in_days=20,
        ballots=164,
        questions=(
            SampleQuestion(
                "What do we plant in the shared garden?",
                _choices(
                    ("Tomatoes", 40),
                    ("Beans that climb up the fence and hide the bins", 27),
                    ("Herbs for everyone’s kitchen", 38),
                    ("Strawberries", 35),
                    ("Flowers for the bees, and for the eye", 29),
                    ("Potatoes", 15),
                    ("Courgettes, again", 4),
                ),
                hint="What you choose, you help to water.",
                kind=Kind.MULTIPLE,
                minimum=2,
                maximum=4,
            ),
        ),
    ),
)
