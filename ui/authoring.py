"""The API's addresses at which programs write polls. Each asks a deed of `polls.authoring`.

A poll is named by `address` here, not by `slug`: addresses of the API with a `slug` are open to scripts on the sites
that their polls allow (`ui.crossings`), and these are open to none.
"""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from polls import authoring, refusals
from polls.authoring import Authored
from ui import authors, faces, origins, voting
from ui.schemas import IF_MATCH, AuthoredOut, PollDefinition, Problem

TAGS: list[str] = ["authoring"]
router = Router(tags=TAGS)

WITH_TOKEN: dict[str, Any] = {"security": [{"token": []}]}
_DEFINITION = {"$ref": "#/components/schemas/PollDefinition"}
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": _DEFINITION}}}}
REFUSED = dict.fromkeys((400, 401, 403, 404, 408, 413, 415, 429, 503), Problem)
CREATE: dict[str, Any] = {
    "response": {201: AuthoredOut, 422: Problem, **REFUSED},
    "summary": "Write a poll",
    "operation_id": "create_poll",
    "openapi_extra": WITH_TOKEN | BODY,
    "tags": TAGS,
}
"""For who answers at the address of the list already: a router's address would stand in its shadow."""
READ = dict.fromkeys((400, 401, 403, 404, 429, 503), Problem)


async def create(request: HttpRequest, response: HttpResponse) -> Any:
    """As it stands in a file of polls (docs/moving.md): a draft, which belongs to who made the token.

    All that is wrong is told at once in `errors`, with its place in `at`, and nothing is stored then.
    """
    authored = await authors.authored(request, authoring.create, _sent(request))
    answer = _answer(request, response, authored)
    response["Location"] = str(answer["definition"])
    return Status(HTTPStatus.CREATED, answer)


@router.get(
    "/polls/{address}/definition",
    response={200: PollDefinition, **READ},
    summary="A poll as a file",
    operation_id="read_definition",
    openapi_extra=WITH_TOKEN,
)
async def read(request: HttpRequest, address: str) -> Any:
    """Of each poll that the token's maker may see at the desk, drafts too. Its `ETag` is for `If-Match`."""
    file = await authors.authored(request, authoring.read, _known(address))
    response = faces.validated(HttpResponse(file, content_type="application/json"))
    response["Cache-Control"], response["Vary"] = "private, no-cache", "Authorization"
    return response


@router.put(
    "/polls/{address}/definition",
    response={200: AuthoredOut, 409: Problem, 412: Problem, 422: Problem, **REFUSED},
    summary="Write a draft anew",
    operation_id="replace_definition",
    openapi_extra=WITH_TOKEN | BODY | {"parameters": [IF_MATCH]},
)
async def replace(request: HttpRequest, response: HttpResponse, address: str) -> Any:
    """As a whole: what is left out stands at its default, but for `slug`, without which the address stays.

    A question in the same words keeps its id, and so do its choices, with their pictures. A poll that was published is
    refused (`already_published`).
    """
    known = request.META.get("HTTP_IF_MATCH")
    is_known = None if known is None else lambda file: faces.knows(known, faces.tag(file.encode()))
    sent = _sent(request)
    authored = await authors.authored(request, authoring.replace, _known(address), sent, is_known=is_known)
    return _answer(request, response, authored)


@router.post(
    "/polls/{address}/publish",
    response={200: AuthoredOut, 409: Problem, **READ},
    summary="Publish a draft",
    operation_id="publish_poll",
    openapi_extra=WITH_TOKEN,
)
async def publish(request: HttpRequest, response: HttpResponse, address: str) -> Any:
    """Asked again, it is answered the same and does nothing. Needs no body."""
    authored = await authors.authored(request, authoring.publish, _known(address), at=voting.now())
    return _answer(request, response, authored)


@router.post(
    "/polls/{address}/close",
    response={200: AuthoredOut, 409: Problem, **READ},
    summary="Close a poll",
    operation_id="close_poll",
    openapi_extra=WITH_TOKEN,
)
async def close(request: HttpRequest, response: HttpResponse, address: str) -> Any:
    """Asked again, it is answered the same and does nothing. Needs no body."""
    authored = await authors.authored(request, authoring.close, _known(address), at=voting.now())
    return _answer(request, response, authored)


def _sent(request: HttpRequest) -> bytes:
    encoding = request.headers.get("Content-Encoding", "identity")
    if request.content_type != "application/json" or encoding.lower() != "identity":
        raise refusals.TypeUnknown
    return request.body


def _known(address: str) -> str:
    """What no poll can be called is not asked of the database."""
    if not voting.SLUG.fullmatch(address):
        raise refusals.UnknownPoll
    return address


def _answer(request: HttpRequest, response: HttpResponse, authored: Authored) -> dict[str, object]:
    response["Cache-Control"], response["ETag"] = "no-store", faces.tag(authored.file.encode())
    poll, origin = authored.poll, origins.own(request)
    return {
        "slug": poll.slug,
        "title": poll.title,
        "status": poll.phase(voting.now()),
        "opens_at": poll.opens_at,
        "closes_at": poll.closes_at,
        "url": f"{origin}{poll.get_absolute_url()}",
        "definition": f"{origin}/api/v1/polls/{poll.slug}/definition",
    }
