from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from project import preparation, server, static, trial


class Command(BaseCommand):
    help = "Everything that `make run` does: prepares, adds samples and a login at the first start, serves on PORT."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen at")

    def handle(self, *_args: Any, host: str, **_options: Any) -> None:
        port = server.listen(host, settings.PORT)
        preparation.prepare(wait=0, first_start=trial.begin)
        static.collect()
        self.stdout.write(_greeting(f"http://localhost:{settings.PORT}", trial.login()))
        self.stdout.flush()
        server.serve(port, processes=settings.WEB_CONCURRENCY)


def _greeting(address: str, login: trial.Login | None) -> str:
    known = f"user {login.username}, password {login.password}" if login else "with the login that you have chosen"
    return f"\n  Pollstead  {address}/\n  The desk   {address}/admin/  {known}\n\n  Ctrl-C stops it.\n"
