"""The JSON API: the same corridor and the same refusals as the form, as application/problem+json."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.responses import Response
from pydantic import ConfigDict, Field, StrictInt

from polls import policies, publishing, refusals, tallies, translations
from polls.kinds import Answer
from polls.models import Poll
from polls.terms import Door
from ui import (
    accounts,
    cookies,
    database,
    faces,
    forms,
    hot,
    papers,
    portraits,
    published,
    readings,
    tongues,
    visitors,
    voting,
)
from ui.cache import Entry
from ui.visitors import Visitor

api = NinjaAPI(
    title="Pollstead",
    version="1",
    urls_namespace="api",
    description=(
        "Read polls, read results as far as the poll reveals them, and cast ballots. "
        "Every refusal is `application/problem+json` with a stable `code`."
    ),
)

type Id = Annotated[StrictInt, Field(ge=0, le=2**63 - 1)]


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


class SlipIn(Strict):
    paper: Annotated[str, Field(max_length=1000)] = ""
    invitation: Annotated[str, Field(max_length=200)] = ""


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
    kind: str
    text: str
    hint: str
    required: bool
    minimum: int
    maximum: int
    shuffled: bool
    write_in: bool
    longest: int
    scale: str
    lowest: int
    highest: int
    low_label: str
    high_label: str
    equal_ranks: bool
    rule: str | None
    unranked: str
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
    """`languages` begins with the original's. `untranslated` names the texts that are shown in the original."""

    id: int
    slug: str
    title: str
    intro: str
    language: str
    languages: list[str]
    untranslated: list[str]
    status: str
    opens_at: datetime | None
    closes_at: datetime | None
    policy: str
    strength: str
    reveal: str
    ballots_published: bool
    questions: list[QuestionOut]
    changes: list[ChangeOut]
    paper: str


class PollLine(Schema):
    slug: str
    title: str
    status: str
    language: str
    languages: list[str]
    opens_at: datetime | None
    closes_at: datetime | None


class PollList(Schema):
    count: int
    polls: list[PollLine]


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
    """`count` is of votes, first ranks, points or grades, by the kind of the question."""

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
    kind: str
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
    status: str
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
    status: str
    receipt: str
    receipt_code: str | None
    results: str


class WithdrawnOut(Schema):
    status: str


class Problem(Schema):
    type: str
    title: str
    status: int
    detail: str
    code: str


@api.get("/polls", response=PollList, summary="List the listed polls")
async def list_polls(
    request: HttpRequest, response: HttpResponse, limit: int = 50, offset: int = 0, lang: str = ""
) -> Any:
    """Each title in the language `lang`, or else in one that `Accept-Language` names, where the poll has it."""
    response["Vary"] = "Accept-Language"
    wanted = tongues.wanted(request)
    return await database.read(_listed, max(1, min(limit, 200)), max(0, min(offset, 10**9)), wanted)


@api.get("/polls/{slug}", response={200: PollOut, 404: Problem, 410: Problem}, summary="One poll, with a fresh paper")
async def read_poll(request: HttpRequest, response: HttpResponse, slug: str, lang: str = "") -> Any:
    """In the language `lang`, or else in one that `Accept-Language` names, where the poll has it."""
    entry, at = await voting.find(slug), voting.now()
    tongue = tongues.of(request, entry.poll)
    response["Cache-Control"] = "no-store"
    faces.speak(response, tongue, entry.poll)
    with translation.override(tongue.interface):
        strength = policies.strength(entry.poll)
    paper = papers.issue(entry.poll.id, at=at)
    hot.say(request, entry, at=at, paper=paper)
    return portraits.as_json(entry.poll.in_language(tongue.language), at=at) | {"strength": strength, "paper": paper}


@api.get(
    "/polls/{slug}/results",
    response={200: ResultsOut, 403: Problem, 404: Problem, 410: Problem},
    summary="The results, as far as the poll reveals them",
)
async def read_results(request: HttpRequest, response: HttpResponse, slug: str, lang: str = "") -> Any:
    """In a language as above. Ids are the same in all of them."""
    entry = await voting.find(slug)
    visitor, tongue = await accounts.visitor(request, entry.poll), tongues.of(request, entry.poll)
    response["Cache-Control"], response["Vary"] = "private, no-cache", "Cookie"
    faces.speak(response, tongue, entry.poll)
    at, voted = voting.now(), visitor.has_voted
    tallies.check_seen(entry.poll, at=at, voted=voted)
    reading = await readings.of(entry, at=at)
    if visitor.is_anybody:
        faces.shared(response)
        readings.say(request, entry, reading, at=at)
    poll = entry.poll.in_language(tongue.language)
    return portraits.results_as_json(poll, reading.tally, reading.results, at=at, voted=voted)


@api.get(
    "/polls/{slug}/ballots",
    response={200: PublishedOut, 403: Problem, 404: Problem, 409: Problem, 410: Problem},
    summary="The ballots without names, after the close, where the poll publishes them",
)
async def read_ballots(
    request: HttpRequest, response: HttpResponse, slug: str, after: str = "", limit: int = 100, receipt: str = ""
) -> Any:
    """With a `receipt` code the one ballot that has it. `files` are all of them, to be counted by anyone."""
    entry = await voting.find(slug)
    response["Cache-Control"] = "no-store"
    publishing.check_published(entry.poll, at=voting.now())
    if receipt:
        page = publishing.Page((await database.read(publishing.find, entry.poll, receipt),))
    else:
        most, begin = max(1, min(limit, 1000)), publishing.normalised(after)
        page = await database.read(publishing.page, entry.poll, after=begin, most=most)
    return _published(visitors.origin(request), entry, page, limit)


REFUSED = dict.fromkeys((400, 403, 404, 409, 410, 413, 415, 422, 429, 503), Problem)


@api.post("/polls/{slug}/ballots", response={200: CountedOut, **REFUSED}, summary="Cast a ballot")
async def cast_ballot(request: HttpRequest, response: HttpResponse, slug: str, payload: BallotIn) -> Any:
    """The same paper with the same answers is counted once and answered the same each time.

    `status` is `counted`, or `received` for a ballot that will be checked before it counts. A refusal `work_needed`
    brings a `challenge` in ALTCHA's format: send the same paper again with the solution as `work`.
    """
    entry, visitor = await _entered(request, slug)
    answers = tuple(answer.as_answer() for answer in payload.answers)
    ballot = forms.Ballot(payload.paper, answers, forms.readable(payload.invitation), payload.work)
    answered = await voting.cast(visitor, entry, ballot, door=Door.API)
    cookies.remember(response, answered, secure=visitor.secure)
    response["Cache-Control"] = "no-store"
    return {
        "status": "received" if answered.set_aside else "counted",
        "receipt": answered.receipt,
        "receipt_code": answered.receipt_code or None,
        "results": f"{visitors.origin(request)}/api/v1/polls/{slug}/results?receipt={answered.receipt}",
    }


@api.delete("/polls/{slug}/ballots", response={200: WithdrawnOut, **REFUSED}, summary="Withdraw a ballot")
async def withdraw_ballot(request: HttpRequest, response: HttpResponse, slug: str, payload: SlipIn) -> Any:
    """Of the voter whom the cookie, the session or the `invitation` names. A receipt is not enough."""
    entry, visitor = await _entered(request, slug)
    await voting.withdraw(visitor, entry, forms.Ballot(payload.paper, (), forms.readable(payload.invitation)))
    cookies.forget(response, entry.poll.id, secure=visitor.secure)
    response["Cache-Control"] = "no-store"
    return {"status": "withdrawn"}


async def _entered(request: HttpRequest, slug: str) -> tuple[Entry, Visitor]:
    if request.content_type != "application/json":
        raise refusals.TypeUnknown
    entry = await voting.find(slug)
    visitors.check_origin(request, entry.poll)
    return entry, await accounts.visitor(request, entry.poll)


@api.exception_handler(refusals.Refusal)
def _refused(request: HttpRequest, refusal: refusals.Refusal) -> HttpResponse:
    with translation.override(tongues.around(request)):
        return faces.problem(refusal)


@api.exception_handler(ValidationError)
def _misshapen(request: HttpRequest, error: ValidationError) -> HttpResponse:
    refusal = refusals.Unreadable()
    response = faces.problem(refusal)
    where = [{"at": ".".join(map(str, line["loc"][1:])), "why": line["msg"]} for line in error.errors[:20]]
    problem = portraits.refusal_as_json(refusal) | {"errors": where}
    response.content = Response(problem).content
    return response


@api.exception_handler(HttpError)
def _broken(request: HttpRequest, error: HttpError) -> HttpResponse:
    return faces.problem(refusals.Unreadable() if error.status_code < 500 else refusals.OurFault())


@api.exception_handler(Exception)
def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    # To the handler, which knows what to do with every fault, at every address alike.
    raise error


def _published(origin: str, entry: Entry, page: publishing.Page, limit: int) -> dict[str, object]:
    poll = entry.poll
    onward = f"{origin}/api/v1/polls/{poll.slug}/ballots?after={page.after}&limit={limit}"
    return {
        "slug": poll.slug,
        "number": entry.tally.ballots,
        "ballots": [portraits.ballot_as_json(poll, ballot) for ballot in page.ballots],
        "next": onward if page.after else None,
        "files": [
            {"question": question.id, "format": file_format, "url": f"{origin}{address}"}
            for question in poll.questions
            for file_format, address in published.files_of(poll, question)
        ],
    }


def _listed(limit: int, offset: int, wanted: tuple[str, ...]) -> dict[str, object]:
    at, polls = voting.now(), Poll.objects.listed().order_by("-published_at", "-id")
    page = list(polls[offset : offset + limit])
    titles = translations.titles(page)
    lines = [
        {
            "slug": line.slug,
            "title": line.title,
            "status": line.phase,
            "language": line.language,
            "languages": list(titles[poll.pk]),
            "opens_at": line.opens_at,
            "closes_at": line.closes_at,
        }
        for poll in page
        for line in (portraits.line(poll, titles[poll.pk], wanted, at=at),)
    ]
    return {"count": polls.count(), "polls": lines}
