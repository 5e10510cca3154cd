"""What the sample voters answer: by chance, but each as the crowd is said to think."""

from collections.abc import Sequence
from random import Random

from polls.kinds import Answer
from polls.sample_texts import SampleChoice, SampleQuestion
from polls.snapshots import QuestionSnapshot
from polls.terms import Kind


def answer(question: QuestionSnapshot, told: SampleQuestion, number: int, random: Random) -> Answer | None:
    """What voter `number` says to a question; None for nothing."""
    if not told.required and random.random() < told.left_out:
        return None
    match told.kind:
        case Kind.RANKED:
            return _ranking(question, told, random)
        case Kind.SCORE:
            return _scores(question, told, random)
        case Kind.RATING:
            return _grades(question, told, random)
        case Kind.TEXT:
            return Answer(question.id, text=told.texts[number]) if number < len(told.texts) else None
    if number < len(told.texts):
        return Answer(question.id, text=told.texts[number])
    fewest, most = told.minimum, min(told.maximum or len(told.choices), len(told.choices))
    several = random.randint(fewest, most) if told.kind != Kind.SINGLE else 1
    return Answer(question.id, tuple(question.choices[place].id for place in _drawn(told.choices, several, random)))


def _camp(told: SampleQuestion, random: Random) -> str:
    return random.choices([says for _, says in told.camps], [many for many, _ in told.camps])[0]


def _ranking(question: QuestionSnapshot, told: SampleQuestion, random: Random) -> Answer:
    ranked = [question.choices["ABCDEFGH".index(letter)].id for letter in _camp(told, random)]
    # One in six tires after two.
    kept = ranked[:2] if random.random() < 1 / 6 else ranked
    return Answer(question.id, ranking=tuple((choice,) for choice in kept))


def _scores(question: QuestionSnapshot, told: SampleQuestion, random: Random) -> Answer:
    points = zip(question.choices, _camp(told, random), strict=True)
    return Answer(question.id, scores=tuple((choice.id, int(score)) for choice, score in points if score != "-"))


def _grades(question: QuestionSnapshot, told: SampleQuestion, random: Random) -> Answer:
    most = max(choice.liking for choice in told.choices)
    steps = range(question.lowest, question.highest + 1)
    given = []
    for choice, known in zip(question.choices, told.choices, strict=True):
        # What is liked less gets the same spread of grades, further down.
        grade = random.choices(steps, told.grades)[0] - (random.random() < 1 - known.liking / most)
        given.append((choice.id, max(question.lowest, grade)))
    least = min(told.minimum, len(given))
    return Answer(question.id, scores=tuple(random.sample(given, random.randint(least, len(given)))))


def _drawn(choices: Sequence[SampleChoice], number: int, random: Random) -> list[int]:
    """The places of so many different choices, each as likely as it is liked."""
    places = list(range(len(choices)))
    drawn: list[int] = []
    while len(drawn) < number:
        liked = random.choices(places, [choices[place].liking for place in places])[0]
        places.remove(liked)
        drawn.append(liked)
    return drawn
