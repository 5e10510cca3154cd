import signal
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from project import server


class Command(BaseCommand):
    help = "Serves on PORT, in WEB_CONCURRENCY processes."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="0.0.0.0", help="address to listen at")  # noqa: S104 -- a server's job
        parser.add_argument("--prepare", action="store_true", help="first do what manage.py prepare does")

    def handle(self, *_args: Any, host: str, prepare: bool, **_options: Any) -> None:
        port = server.listen(host, settings.PORT)
        if prepare:
            # The first process of a container ignores a signal that it has no handler for.
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
            call_command("prepare")
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        server.serve(port, processes=settings.WEB_CONCURRENCY)
