"""What the desk and the sign-in, which Django's own handler answers, say when they fail."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views import defaults
from psycopg_pool import PoolTimeout

from polls import refusals
from ui import faces


def fault(request: HttpRequest) -> HttpResponse:
    """A database that is away is told as on public pages; Django asks while it holds the exception."""
    if isinstance(sys.exception(), OperationalError | InterfaceError | PoolTimeout):
        return faces.refuse(request, refusals.DatabaseAway())
    return defaults.server_error(request)
