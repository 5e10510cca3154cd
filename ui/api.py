"""The JSON API: the same corridor and the same refusals as the form, as application/problem+json."""

from functools import cache
from http import HTTPStatus
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.docs import Swagger
from ninja.responses import Response

from polls import policies, publishing, refusals, tallies, translations
from polls.models import Poll
from polls.terms import Door, Phase
from ui import (
    accounts,
    authoring,
    cookies,
    database,
    faces,
    forms,
    hot,
    origins,
    papers,
    portraits,
    published,
    readings,
    tokens,
    tongues,
    visitors,
    voting,
)
from ui.entries import Entry
from ui.loader import A_WHILE
from ui.schemas import (
    KEY,
    RECEIPT,
    TOKEN,
    BallotIn,
    CountedOut,
    PollList,
    PollOut,
    Problem,
    PublishedOut,
    ResultsOut,
    SlipIn,
    WithdrawnOut,
)
from ui.visitors import Visitor


class Documentation(Swagger):
    """A page of scripts and styles that are all ours: the policy of every public page fits."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        response = super().render_page(request, api, **kwargs)
        faces.protect(response, ancestors="'self'")
        return response


api = NinjaAPI(
    title="Pollstead",
    version="1",
    urls_namespace="api",
    docs=Documentation(),
    description=(
        "Read polls, read results as far as the poll reveals them, cast ballots, and write polls. "
        "Every refusal is `application/problem+json` with a stable `code`."
    ),
)


ALWAYS_REFUSED = dict.fromkeys((400, 503), Problem)
type ListedPhase = Literal["scheduled", "open", "closed"]


@api.get(
    "/polls",
    response={200: PollList, **ALWAYS_REFUSED},
    summary="List the listed polls",
    tags=["polls"],
    operation_id="list_polls",
)
async def list_polls(
    request: HttpRequest,
    response: HttpResponse,
    status: ListedPhase | None = None,
    limit: int = 50,
    offset: int = 0,
    lang: str = "",
) -> Any:
    """Those that were published last come first; 200 at most at once. `count` is of all that have the `status`.

    Each title in the language `lang`, or else in one that `Accept-Language` names, where the poll has it. With an
    `ETag`: ask by it (`If-None-Match`), and while the list is the same the answer is 304, without a body.
    """
    faces.shared(faces.open_to_all(response))["Vary"] = "Accept-Language"
    asked = tongues.wanted(request), origins.own(request)
    phase = Phase(status) if status else None
    return await database.read(_listed, max(1, min(limit, 200)), max(0, min(offset, 10**9)), *asked, phase=phase)


@api.get(
    "/polls/{slug}",
    response={200: PollOut, 404: Problem, 410: Problem, **ALWAYS_REFUSED},
    summary="One poll, with a fresh paper",
    tags=["polls"],
    operation_id="read_poll",
)
async def read_poll(request: HttpRequest, response: HttpResponse, slug: str, lang: str = "") -> Any:
    """In the language `lang`, or else in one that `Accept-Language` names, where the poll has it."""
    entry, at = await voting.find(slug), voting.now()
    tongue = tongues.of(request, entry.poll)
    response["Cache-Control"] = "no-store"
    faces.speak(response, tongue, entry.poll.languages)
    with translation.override(tongue.interface):
        strength = policies.strength(entry.poll, over=entry.poll.phase(at) == Phase.CLOSED)
    paper = papers.issue(entry.poll.id, at=at)
    hot.say(request, entry, at=at, paper=paper)
    return portraits.as_json(entry.poll.in_language(tongue.language), at=at) | {"strength": strength, "paper": paper}


@api.get(
    "/polls/{slug}/results",
    response={200: ResultsOut, 403: Problem, 404: Problem, 410: Problem, **ALWAYS_REFUSED},
    summary="The results, as far as the poll reveals them",
    tags=["results"],
    operation_id="read_results",
    openapi_extra={"parameters": [RECEIPT]},
)
async def read_results(request: HttpRequest, response: HttpResponse, slug: str, lang: str = "") -> Any:
    """In a language as above. Ids are the same in all of them. With an `ETag`: ask by it (`If-None-Match`), and while
    nothing has moved the answer is 304, without a body.
    """
    entry = await voting.find(slug)
    visitor, tongue = await accounts.visitor(request, entry.poll), tongues.of(request, entry.poll)
    response["Cache-Control"], response["Vary"] = "private, no-cache", "Cookie"
    faces.speak(response, tongue, entry.poll.languages)
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
    response={200: PublishedOut, 403: Problem, 404: Problem, 409: Problem, 410: Problem, **ALWAYS_REFUSED},
    summary="The ballots without names, after the close, where the poll publishes them",
    tags=["ballots"],
    operation_id="read_ballots",
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
    return _published(origins.own(request), entry, page, limit)


WITH_OR_WITHOUT: dict[str, Any] = {"security": [{}, {"token": []}]}
REFUSED = dict.fromkeys((400, 401, 403, 404, 409, 410, 413, 415, 422, 429, 503), Problem)


@api.post(
    "/polls/{slug}/ballots",
    response={200: CountedOut, **REFUSED},
    summary="Cast a ballot",
    tags=["ballots"],
    operation_id="cast_ballot",
    openapi_extra=WITH_OR_WITHOUT | {"parameters": [KEY]},
)
async def cast_ballot(request: HttpRequest, response: HttpResponse, slug: str, payload: BallotIn) -> Any:
    """The same paper with the same answers is counted once and answered the same each time.

    `status` is `counted`, or `received` for a ballot that will be checked before it counts. A refusal `work_needed`
    brings a `challenge` in ALTCHA's format: send the same paper again with the solution as `work`.

    A server with an API token needs neither paper nor work: it says by `voter`, in words of its own, for whom it casts,
    where the poll has to know that, and by `Idempotency-Key` which ballot it is, so that the same one sent again counts
    once.
    """
    entry, visitor = await _entered(request, slug, payload)
    answers = tuple(answer.as_answer() for answer in payload.answers)
    ballot = forms.Ballot(payload.paper, answers, forms.readable(payload.invitation), payload.work)
    answered = await voting.cast(visitor, entry, ballot, door=Door.API)
    if not visitor.bearer:
        cookies.remember(response, answered, secure=visitor.secure)
    response["Cache-Control"] = "no-store"
    return {
        "status": "received" if answered.set_aside else "counted",
        "receipt": answered.receipt,
        "receipt_code": answered.receipt_code or None,
        "results": f"{origins.own(request)}/api/v1/polls/{slug}/results?receipt={answered.receipt}",
    }


@api.delete(
    "/polls/{slug}/ballots",
    response={200: WithdrawnOut, **REFUSED},
    summary="Withdraw a ballot",
    tags=["ballots"],
    operation_id="withdraw_ballot",
    openapi_extra=WITH_OR_WITHOUT,
)
async def withdraw_ballot(request: HttpRequest, response: HttpResponse, slug: str, payload: SlipIn) -> Any:
    """Of the voter whom the cookie, the session or the `invitation` names; where a token comes along, `voter` does.

    A receipt is not enough.
    """
    entry, visitor = await _entered(request, slug, payload)
    await voting.withdraw(visitor, entry, forms.Ballot(payload.paper, (), forms.readable(payload.invitation)))
    if not visitor.bearer:
        cookies.forget(response, entry.poll.id, secure=visitor.secure)
    response["Cache-Control"] = "no-store"
    return {"status": "withdrawn"}


async def description(request: HttpRequest) -> HttpResponse:
    """What the API is like, for programs (OpenAPI)."""
    faces.require(request, "GET", "HEAD")
    response = faces.validated(HttpResponse(_description(), content_type="application/json"))
    response["Cache-Control"] = A_WHILE
    response["X-Content-Type-Options"] = "nosniff"
    faces.open_to_all(response)
    hot.say(request)
    return response


@cache
def _description() -> bytes:
    # Each time it would take as long as two hundred votes, which would wait for it.
    schema = api.get_openapi_schema()
    # Ninja would ask everybody for a token if it knew of them.
    schema["components"]["securitySchemes"] = {"token": TOKEN}
    for deed in (deed for deeds in schema["paths"].values() for deed in deeds.values()):
        for status, answer in deed["responses"].items():
            if int(status) >= HTTPStatus.BAD_REQUEST:
                # Ninja takes every answer for the type of those that went well.
                answer["content"] = {"application/problem+json": answer["content"].pop("application/json")}
    return Response(schema).content


def entrance(request: HttpRequest) -> HttpResponse:
    """Who comes to the API without an address of it is shown all of them."""
    faces.require(request, "GET", "HEAD")
    return HttpResponseRedirect(reverse("api:openapi-view"))


async def _entered(request: HttpRequest, slug: str, payload: BallotIn | SlipIn) -> tuple[Entry, Visitor]:
    if request.content_type != "application/json":
        raise refusals.TypeUnknown
    entry = await voting.find(slug)
    origins.check(request, entry.poll.allowed_sites)
    if (token := visitors.token(request)) is not None:
        return entry, await tokens.visitor(request, entry.poll, token, voter=forms.readable(payload.voter))
    if payload.voter:
        raise refusals.TokenUnknown  # a browser is not believed who it is
    return entry, await accounts.visitor(request, entry.poll)


api.post("/polls", **authoring.CREATE)(authoring.create)
api.add_router("", authoring.router)


@api.exception_handler(refusals.Refusal)
def _refused(request: HttpRequest, refusal: refusals.Refusal) -> HttpResponse:
    with translation.override(tongues.around(request)):
        return faces.problem(refusal)


@api.exception_handler(ValidationError)
def _misshapen(request: HttpRequest, error: ValidationError) -> HttpResponse:
    refusal = refusals.Unreadable()
    response = faces.problem(refusal)
    where = [
        {"code": refusal.code, "detail": line["msg"], "at": ".".join(map(str, line["loc"][1:]))}
        for line in error.errors[:20]
    ]
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


def _listed(
    limit: int, offset: int, wanted: tuple[str, ...], origin: str, *, phase: Phase | None = None
) -> dict[str, object]:
    at, polls = voting.now(), Poll.objects.listed().order_by("-published_at", "-id")
    if phase:
        polls = polls.in_phase(phase, at)
    page = list(polls[offset : offset + limit])
    titles = translations.titles(page)
    lines = [
        {
            "slug": line.slug,
            "url": f"{origin}{poll.get_absolute_url()}",
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
