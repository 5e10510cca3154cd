"""What a poll lays open beside its results: the ballots without names, and the changes made after the first vote."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from itertools import islice

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import content_disposition_header

from polls import exports, figures, publishing, refusals
from polls.publishing import PublishedBallot
from polls.snapshots import PollSnapshot, QuestionSnapshot
from ui import database, faces, portraits, themes, voting
from ui.entries import Entry
from ui.faces import Face

TYPES = {"csv": "text/csv", "json": "application/json", "abif": "text/plain", "blt": "text/plain"}


async def ballots(request: HttpRequest, slug: str) -> HttpResponse:
    """The published ballots a page at a time, or the one with a receipt code; before that, why not."""
    faces.require(request, "GET", "HEAD")
    entry, at = await voting.find(slug), voting.now()
    face = faces.face(request, framed=False, poll=entry.poll)
    poll = entry.poll.in_language(face.tongue.language)
    code = request.GET.get("code", "").strip()
    try:
        publishing.check_published(entry.poll, at=at)
        told = await (_found(poll, code) if code else _listed(request, entry, poll))
    except refusals.Refusal as refusal:
        told = {"refusal" if code else "why": refusal, "code": code}
    files = [] if "why" in told else _files(poll)
    response = _page(poll, face, "ui/ballots.html", told | {"files": files}, at=at)
    # Whose code it is, only its owner knows.
    return faces.keep_secret(response) if code else response


async def ballots_file(request: HttpRequest, slug: str, question: int, file_format: str) -> StreamingHttpResponse:
    """The published ballots as a file, written while they are read."""
    faces.require(request, "GET", "HEAD")
    entry = await voting.find(slug)
    publishing.check_published(entry.poll, at=voting.now())
    asked = next((one for one in entry.poll.questions if one.id == question), None)
    if asked is None or file_format not in exports.formats(asked):
        raise refusals.UnknownAddress
    pieces = publishing.written(entry.poll, asked, file_format=file_format)
    response = StreamingHttpResponse(_chunks(pieces), content_type=f"{TYPES[file_format]}; charset=utf-8")
    name = f"{entry.poll.slug}-{question}.{file_format}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["Cache-Control"] = "no-store"
    faces.protect(response, ancestors="'self'")
    return response


async def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """What was changed after somebody had voted, the newest first."""
    faces.require(request, "GET", "HEAD")
    entry = await voting.find(slug)
    face = faces.face(request, framed=False, poll=entry.poll)
    poll = entry.poll.in_language(face.tongue.language)
    return _page(poll, face, "ui/changes.html", {"changes": poll.changes[::-1]}, at=voting.now())


async def _found(poll: PollSnapshot, code: str) -> dict[str, object]:
    ballot: PublishedBallot = await database.read(publishing.find, poll, code)
    return {"found": portraits.papers(poll, (ballot,))[0], "code": code}


async def _listed(request: HttpRequest, entry: Entry, poll: PollSnapshot) -> dict[str, object]:
    after, before = (publishing.normalised(request.GET.get(name, "")) for name in ("after", "before"))
    page = await database.read(publishing.page, entry.poll, after=after, before=before)
    listed = {"papers": portraits.papers(poll, page.ballots), "before": page.before, "after": page.after}
    with translation.override(poll.interface):
        return listed | {"number": entry.tally.ballots, "shown": figures.count(entry.tally.ballots)}


def _files(poll: PollSnapshot) -> list[tuple[QuestionSnapshot, list[tuple[str, str]]]]:
    """Each question with the addresses of its files by their formats."""
    return [(question, files) for question in poll.questions if (files := files_of(poll, question))]


def files_of(poll: PollSnapshot, question: QuestionSnapshot) -> list[tuple[str, str]]:
    """The formats in which the ballots of a question can be had, with their addresses."""
    return [
        (file_format, reverse("ballots-file", args=[poll.slug, question.id, file_format]))
        for file_format in exports.formats(question)
    ]


async def _chunks(pieces: Iterator[str]) -> AsyncIterator[bytes]:
    """Between two looks nothing of the database is held, however slowly the file is fetched."""
    while some := await database.step(lambda: "".join(islice(pieces, publishing.AT_ONCE))):
        yield some.encode()


def _page(poll: PollSnapshot, face: Face, template: str, context: dict[str, object], *, at: datetime) -> HttpResponse:
    known = {"poll": portraits.poll(poll, at=at), "worn": themes.worn(poll.theme), "tongue": face.tongue}
    known |= {"results_url": face.results_url(poll.slug)}
    with translation.override(face.tongue.interface):
        body = render_to_string(template, known | context)
    return faces.html(body, face, poll=poll)
