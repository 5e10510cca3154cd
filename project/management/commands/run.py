from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from project import preparation, server, static, trial
from ui import origins


class Command(BaseCommand):
    help = "Everything that `make run` does: prepares, adds samples and a login at the first start, serves on PORT."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen at")

    def handle(self, *_args: Any, host: str, **_options: Any) -> None:
        port = server.listen(host, settings.PORT)
        preparation.prepare(wait=0, first_start=trial.begin)
        static.collect()
        self.stdout.write(greeting(host, trial.login()))
        self.stdout.flush()
        server.serve(port, processes=settings.WEB_CONCURRENCY)


def greeting(host: str, login: trial.Login | None) -> str:
    known = f"user {login.username}, password {login.password}" if login else "with the login that you have chosen"
    address = _answered()
    stop = "Ctrl-C stops it."
    if "//localhost:" not in address:
        stop = f"It listens at {host}, port {settings.PORT}: there your proxy sends on what comes to it. {stop}"
    return f"\n  Pollstead  {address}/\n  The desk   {address}/admin/  {known}\n\n  {stop}\n"


def _answered() -> str:
    """The address that is answered: PUBLIC_URL and ALLOWED_HOSTS may leave localhost out."""
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    known = origins.is_our_host("localhost")
    return f"http://{'localhost' if known else settings.ALLOWED_HOSTS[0].removeprefix('.')}:{settings.PORT}"
