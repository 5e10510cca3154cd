"""The shapes of what the JSON API takes and gives, as its documentation shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StrictInt

from polls import definitions
from polls.kinds import Answer
from polls.terms import Kind, Phase, Policy, Reveal, Rule, Scale, Unranked
from ui import forms

type Id = Annotated[StrictInt, Field(ge=0, le=2**63 - 1)]


TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": (
        "An API token, made at the desk. By what it may, a server casts ballots for its visitors, without papers, or "
        "writes polls as its maker may at the desk."
    ),
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "With an API token alone: up to 200 visible ASCII characters. The same key for the same voter, with the same "
        "answers, is counted once and answered the same each time; with other answers it is refused as `paper_used`."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}


RECEIPT = {
    "name": "receipt",
    "in": "query",
    "required": False,
    "description": "The `receipt` of a counted ballot: who has no cookie shows by it to have voted.",
    "schema": {"type": "string"},
}


IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of what was read: if the draft is another one by now, it is left as it is (412).",
    "schema": {"type": "string"},
}


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class ScoreIn(Strict):
    choice: Id
    score: Annotated[StrictInt, Field(ge=-1000, le=1000)]


class AnswerIn(Strict):
    question: Id
    choices: Annotated[list[Id], Field(max_length=1000)] = []
    ranking: Annotated[list[Annotated[list[Id], Field(max_length=1000)]], Field(max_length=1000)] = []
    scores: Annotated[list[ScoreIn], Field(max_length=1000)] = []
    text: Annotated[str, Field(max_length=20_000)] = ""

    def as_answer(self) -> Answer:
        return Answer(
            self.question,
            tuple(self.choices),
            tuple(tuple(group) for group in self.ranking),
            tuple((line.choice, line.score) for line in self.scores),
            forms.readable(self.text),
        )


class BallotIn(Strict):
    paper: Annotated[str, Field(max_length=1000)] = ""
    answers: Annotated[list[AnswerIn], Field(max_length=200)]
    invitation: Annotated[str, Field(max_length=200)] = ""
    work: Annotated[str, Field(max_length=1000)] = ""
    voter: Annotated[str, Field(max_length=200)] = ""


class SlipIn(Strict):
    paper: Annotated[str, Field(max_length=1000)] = ""
    invitation: Annotated[str, Field(max_length=200)] = ""
    voter: Annotated[str, Field(max_length=200)] = ""


class ChoiceOut(Schema):
    id: int
    text: str
    withdrawn: bool
    none_of_the_above: bool
    picture: str | None
    picture_alt: str
    untranslated: list[str]


class QuestionOut(Schema):
    id: int
    kind: Kind
    text: str
    hint: str
    required: bool
    minimum: int
    maximum: int
    shuffled: bool
    write_in: bool
    longest: int
    scale: Scale
    lowest: int
    highest: int
    low_label: str
    high_label: str
    equal_ranks: bool
    rule: Rule | None
    unranked: Unranked
    seats: int
    quorum: int
    seed: str
    untranslated: list[str]
    choices: list[ChoiceOut]


class ChangeOut(Schema):
    """A change that was made after somebody had voted: a corrected text, a choice added or withdrawn."""

    what: str
    before: str
    after: str
    reason: str
    made_at: datetime


class PollOut(Schema):
    """`languages` begins with the original's. `untranslated` names the texts that are shown in the original.

    `changes_allowed`: a voter can change the vote or withdraw it until the close; never by the policy `open`, by which
    each paper is somebody else. `anonymous`: the poll is secret; nobody is told a vote again, and what may be seen of
    its results while it is open comes in batches.
    """

    id: int
    slug: str
    title: str
    intro: str
    language: str
    languages: list[str]
    untranslated: list[str]
    status: Phase
    opens_at: datetime | None
    closes_at: datetime | None
    policy: Policy
    strength: str
    reveal: Reveal
    changes_allowed: bool
    anonymous: bool
    ballots_published: bool
    questions: list[QuestionOut]
    changes: list[ChangeOut]
    paper: str


class PollLine(Schema):
    """`url` is the poll's own page."""

    slug: str
    url: str
    title: str
    status: Phase
    language: str
    languages: list[str]
    opens_at: datetime | None
    closes_at: datetime | None


class PollList(Schema):
    count: int
    polls: list[PollLine]


class PollDefinition(Schema):
    @classmethod
    def __get_pydantic_json_schema__(cls, *_of_no_use: Any) -> dict[str, Any]:
        return definitions.schema()


class AuthoredOut(Schema):
    """`url` is the poll's own page, where it is seen once it is published; `definition` is where it can be read and
    written anew.
    """

    slug: str
    title: str
    status: Phase
    opens_at: datetime | None
    closes_at: datetime | None
    url: str
    definition: str


class GradeCount(Schema):
    grade: int
    count: int


class RatingOut(Schema):
    """Whole numbers are integers, others decimal strings."""

    grades: int
    mean: int | str | None
    median: int | str | None
    nps: int | str | None
    distribution: list[GradeCount]


class ChoiceCount(Schema):
    """`count` is of votes, first ranks, points or grades, by the kind of the question. `percent` is of those who
    answered, and adds up to 100 where each has one; of points it is of the most that were possible, of a rating the
    mean, where the highest grade is 100.
    """

    id: int
    text: str
    count: int
    percent: int
    leads: bool
    withdrawn: bool
    rating: RatingOut | None


class QuestionResults(Schema):
    """`count` is the deciding count with its whole trail, in which choices appear by id; see docs/voting.md."""

    id: int
    kind: Kind
    text: str
    answered: int
    written: int
    choices: list[ChoiceCount]
    texts: list[str]
    count: dict[str, Any] | None
    others: dict[str, dict[str, Any]] | None
    dissenting: list[str] | None
    right: list[int] | None
    explanation: str | None


class ResultsOut(Schema):
    slug: str
    language: str
    status: Phase
    ballots: int
    set_aside: int
    version: int
    questions: list[QuestionResults]


class PublishedAnswer(Schema):
    """As a ballot is cast, but for texts, which are not told: `wrote` says that there is one."""

    question: int
    wrote: bool
    choices: list[int] = []
    ranking: list[list[int]] = []
    scores: list[ScoreIn] = []


class PublishedBallotOut(Schema):
    receipt: str
    set_aside: bool
    answers: list[PublishedAnswer]


class FileOut(Schema):
    question: int
    format: str
    url: str


class PublishedOut(Schema):
    """A page of the ballots in the order of their codes; `next` is the address of the page after it."""

    slug: str
    number: int
    ballots: list[PublishedBallotOut]
    next: str | None
    files: list[FileOut]


class CountedOut(Schema):
    status: Literal["counted", "received"]
    receipt: str
    receipt_code: str | None
    results: str


class WithdrawnOut(Schema):
    status: Literal["withdrawn"]


class FaultOut(Schema):
    """One thing that is to be mended. `question` is the id of the one whose answer it is in, if it is in one; `at` says
    where in a body that can't be read, or in a poll that can't be stored: `questions[0].choices[2].text`.
    """

    code: str
    detail: str
    question: int | None = None
    at: str | None = None


class Problem(Schema):
    """`paper` is a fresh one, where the one that was sent is missing, expired or not ours: send the ballot again with
    it. `challenge` comes with `work_needed`, in ALTCHA's format. `question` is the id of the one whose answer is to be
    mended. `errors` are all that is to be mended before the ballot can be counted; `code`, `detail` and `question` are
    those of the first. Each is there only where it is of use.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    question: int | None = None
    errors: list[FaultOut] | None = None
    paper: str | None = None
    challenge: dict[str, Any] | None = None
