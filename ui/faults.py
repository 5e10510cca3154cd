"""What the desk and the sign-in, which Django's own handler answers, say when they fail."""

import errno
import logging
import sys
from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import InvalidPage
from django.db import DatabaseError, DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.views import defaults
from psycopg_pool import PoolTimeout

from polls import refusals
from polls.models import Poll
from ui import faces
from ui.storing import storing

log = logging.getLogger(__name__)

MISWRITTEN = (InvalidPage, DataError, OverflowError)
"""What the desk's lists raise at an address that nobody was led to: a page that is none, a NUL, a number too large."""

TAKES_NO_FILE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}
"""What a disk says where a picture can't be put."""


class Sentences:
    """Says a refusal where Django, or a view of it, would end in silence or in a fault of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            return faces.refuse(request, refusals.MethodNotAllowed(*response["Allow"].split(", ")))
        return response

    def process_exception(self, request: HttpRequest, raised: Exception) -> HttpResponse | None:
        """What somebody has deleted between the look at it and the lock on it. The deed's transaction is over."""
        if isinstance(raised, Poll.DoesNotExist):
            return faces.refuse(request, refusals.UnknownPoll())
        if not isinstance(raised, ObjectDoesNotExist):
            return None
        # Or it is a fault of ours, which should not go unseen.
        log.warning("What %s is about is gone", request.path, exc_info=raised)
        return faces.refuse(request, refusals.UnknownAddress())


def fault(request: HttpRequest) -> HttpResponse:
    """A database that is away is told as on public pages; Django asks while it holds the exception."""
    raised = sys.exception()
    stores_nothing = isinstance(raised, DatabaseError) and storing.has_failed(raised)
    takes_no_file = isinstance(raised, OSError) and raised.errno in TAKES_NO_FILE
    if stores_nothing or takes_no_file or isinstance(raised, OperationalError | InterfaceError | PoolTimeout):
        return faces.refuse(request, refusals.DatabaseAway())
    if isinstance(raised, MISWRITTEN) and request.method in {"GET", "HEAD"}:
        return faces.refuse(request, refusals.Unreadable())
    return defaults.server_error(request)
