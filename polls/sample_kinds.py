"""Sample polls for each kind of question."""

from polls.sample_texts import SampleChoice, SamplePoll, SampleQuestion
from polls.terms import Kind, Reveal, Rule, Scale


def _plain(*texts: str) -> tuple[SampleChoice, ...]:
    return tuple(map(SampleChoice, texts))


SAMPLES = (
    SamplePoll(
        slug="swimming-pool",
        title="Where do the four villages build their pool?",
        intro="One pool for all four villages along the line. Nobody wants to travel far, and not every rule would "
        "choose the same place.",
        reveal=Reveal.ALWAYS,
        closes_in_days=11,
        ballots=400,
        questions=(
            SampleQuestion(
                "Where do the four villages build their pool?",
                _plain("Westbury, at the mill", "Nether Marsh", "Castle Hill", "Knoll End"),
                kind=Kind.RANKED,
                camps=((42, "ABCD"), (26, "BCDA"), (15, "CDBA"), (17, "DCBA")),
                more={"rule": Rule.IRV},
            ),
        ),
    ),
    SamplePoll(
        slug="allotment-committee",
        title="Who sits on the allotment committee?",
        intro="Three seats for two years. The ballots were counted on the evening of the general meeting.",
        published_days_ago=30,
        closed_days_ago=6,
        ballots=173,
        questions=(
            SampleQuestion(
                "Who sits on the allotment committee?",
                _plain("Amina Yusuf", "Bertram Cole", "Chiara Rossi", "Dev Patel", "Edda Lind", "Farid Haddad"),
                kind=Kind.RANKED,
                camps=((38, "ACEB"), (29, "BDFA"), (17, "CAE"), (12, "DBF"), (15, "EFCA"), (8, "FEDB")),
                more={"rule": Rule.STV, "seats": 3},
            ),
        ),
    ),
    SamplePoll(
        slug="choir-evening",
        title="Which evening suits the choir?",
        reveal=Reveal.ALWAYS,
        closes_in_days=6,
        ballots=61,
        questions=(
            SampleQuestion(
                "Which evening suits the choir?",
                _plain("Monday", "Tuesday", "Wednesday", "Thursday"),
                hint="5: I’m always free. 0: I can’t come at all.",
                kind=Kind.SCORE,
                camps=((22, "5310"), (19, "4512"), (11, "0254"), (9, "13-5")),
                more={"rule": Rule.STAR, "highest": 5},
            ),
        ),
    ),
    SamplePoll(
        slug="new-menu",
        title="How do you like the new menu?",
        reveal=Reveal.ALWAYS,
        ballots=148,
        questions=(
            SampleQuestion(
                "How do you like the new menu?",
                (
                    SampleChoice("Lentil curry", 20),
                    SampleChoice("Beetroot soup with horseradish", 12),
                    SampleChoice("Potato dumplings", 17),
                    SampleChoice("The salad bar", 15),
                ),
                kind=Kind.RATING,
                grades=(4, 9, 21, 38, 28),
            ),
        ),
    ),
    SamplePoll(
        slug="recommend-us",
        title="How likely are you to recommend the repair café?",
        intro="One number, one sentence if you like. It takes less time than a screw.",
        reveal=Reveal.ALWAYS,
        ballots=132,
        questions=(
            SampleQuestion(
                "How likely are you to recommend the repair café to a friend?",
                _plain("How likely are you to recommend the repair café to a friend?"),
                kind=Kind.RATING,
                grades=(1, 1, 2, 2, 3, 6, 8, 15, 25, 31, 24),
                more={
                    "scale": Scale.NPS,
                    "lowest": 0,
                    "highest": 10,
                    "low_label": "not at all",
                    "high_label": "very likely",
                },
            ),
            SampleQuestion(
                "What would make it better?",
                (),
                kind=Kind.TEXT,
                required=False,
                left_out=0,
                texts=(
                    "Longer hours on Saturdays.",
                    "A list of what you can’t repair, so that nobody carries a fridge up the stairs.",
                    "More soldering irons!",
                    "Tea was excellent. The queue less so.",
                    "Please teach us to do it ourselves.\nI would come just for that.",
                    "A corner for children.",
                    "Nothing, stay as you are.",
                ),
                more={"longest": 280},
            ),
        ),
    ),
    SamplePoll(
        slug="working-from-home",
        title="How do you see it?",
        intro="Three statements on working from home.",
        reveal=Reveal.ALWAYS,
        ballots=97,
        questions=(
            SampleQuestion(
                "How far do you agree?",
                (
                    SampleChoice("I get more done at home.", 18),
                    SampleChoice("I miss my colleagues.", 20),
                    SampleChoice("Meetings work as well on a screen.", 12),
                ),
                kind=Kind.RATING,
                grades=(8, 14, 22, 32, 24),
                minimum=3,
                more={
                    "scale": Scale.LIKERT,
                    "low_label": "I don’t agree at all",
                    "high_label": "I agree fully",
                },
            ),
        ),
    ),
    SamplePoll(
        slug="friday-film",
        title="What do we watch in the courtyard?",
        reveal=Reveal.ALWAYS,
        closes_in_days=4,
        ballots=88,
        questions=(
            SampleQuestion(
                "What do we watch in the courtyard?",
                (
                    SampleChoice("Something to laugh at", 24),
                    SampleChoice("A classic in black and white", 14),
                    SampleChoice("A documentary", 9),
                    SampleChoice("None of these, I come for the popcorn", 5, none_of_the_above=True),
                ),
                texts=("Anything with a heist", "The one with the trains", "Short films", "Silent film with piano"),
                more={"write_in": True, "shuffled": True},
            ),
        ),
    ),
    SamplePoll(
        slug="festival-poster",
        title="Which poster for the street festival?",
        closes_in_days=13,
        ballots=214,
        questions=(
            SampleQuestion(
                "Which poster for the street festival?",
                (
                    SampleChoice("Sun over the river", 26, picture="sun", picture_alt="A red sun sinks into water"),
                    SampleChoice(
                        "Lanterns", 31, picture="lanterns", picture_alt="Three lanterns on a line in the evening"
                    ),
                    SampleChoice("Birds", 12, picture="birds", picture_alt="Three paper birds fly over a pale sea"),
                    SampleChoice("Squares", 9, picture="squares", picture_alt="Three coloured squares overlap"),
                ),
                kind=Kind.APPROVAL,
            ),
        ),
    ),
    SamplePoll(
        slug="museum-quiz",
        title="Do you know our town?",
        intro="Two questions from the museum. The answers come when you have given yours.",
        ballots=264,
        questions=(
            SampleQuestion(
                "What stood on the market square before the fountain?",
                (
                    SampleChoice("A gallows", 20),
                    SampleChoice("A weigh house", 31, right=True),
                    SampleChoice("A lime tree", 26),
                ),
                more={
                    "explanation": "The weigh house stood there from 1488 until the fire of 1822. "
                    "Its scales are on the first floor of the museum."
                },
            ),
            SampleQuestion(
                "Which two of these rivers meet here?",
                (
                    SampleChoice("The Aller", 30, right=True),
                    SampleChoice("The Orne", 16),
                    SampleChoice("The Wey", 27, right=True),
                    SampleChoice("The Lune", 9),
                ),
                kind=Kind.MULTIPLE,
                minimum=2,
                maximum=2,
                more={"explanation": "They meet below the railway bridge, best seen from the eastern bank."},
            ),
        ),
    ),
    SamplePoll(
        slug="bakery-arabic",
        title="ما رأيك في مخبز الحي؟",
        language="ar",
        reveal=Reveal.ALWAYS,
        ballots=73,
        questions=(
            SampleQuestion(
                "كيف تقيّم ما يقدّمه المخبز؟",
                (SampleChoice("خبز الصباح", 20), SampleChoice("الكعك", 16), SampleChoice("الخدمة", 18)),
                kind=Kind.RATING,
                grades=(3, 6, 15, 30, 26),
            ),
            SampleQuestion(
                "رتّب ما تودّ أن يُضاف",
                _plain("خبز التنور", "فطائر الجبن", "معمول التمر"),
                kind=Kind.RANKED,
                required=False,
                camps=((5, "ABC"), (4, "BCA"), (3, "CBA")),
                more={"rule": Rule.SCHULZE},
            ),
        ),
    ),
)
