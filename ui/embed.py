"""The frame: the same card, on a page of somebody else."""

from django.http import HttpRequest, HttpResponse

from ui import pages, votes, withdrawals


async def frame(request: HttpRequest, slug: str) -> HttpResponse:
    return await pages.show(request, slug, framed=True)


async def vote(request: HttpRequest, slug: str) -> HttpResponse:
    return await votes.take(request, slug, framed=True)


async def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    return await withdrawals.take_back(request, slug, framed=True)
