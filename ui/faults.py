"""What the desk and the sign-in, which Django's own handler answers, say when they fail."""

import errno
import sys

from django.core.paginator import InvalidPage
from django.db import DatabaseError, DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views import defaults
from psycopg_pool import PoolTimeout

from polls import refusals
from ui import faces
from ui.storing import storing

MISWRITTEN = (InvalidPage, DataError, OverflowError)
"""What the desk's lists raise at an address that nobody was led to: a page that is none, a NUL, a number too large."""

TAKES_NO_FILE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}
"""What a disk says where a picture can't be put."""


def fault(request: HttpRequest) -> HttpResponse:
    """A database that is away is told as on public pages; Django asks while it holds the exception."""
    raised = sys.exception()
    stores_nothing = isinstance(raised, DatabaseError) and storing.has_failed(raised)
    takes_no_file = isinstance(raised, OSError) and raised.errno in TAKES_NO_FILE
    if stores_nothing or takes_no_file or isinstance(raised, OperationalError | InterfaceError | PoolTimeout):
        return faces.refuse(request, refusals.DatabaseAway(voting=False))
    if isinstance(raised, MISWRITTEN) and request.method in {"GET", "HEAD"}:
        return faces.refuse(request, refusals.Unreadable())
    return defaults.server_error(request)
