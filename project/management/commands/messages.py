from typing import Any

from django.core.management.base import BaseCommand

from project import catalogues


class Command(BaseCommand):
    help = "Find the words of the interface and write its catalogues, ui/locale/*/LC_MESSAGES/django.po and .mo."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        missing = catalogues.renew()
        for locale, number in missing.items():
            self.stdout.write(f"{locale}: {number} not translated" if number else f"{locale}: complete")
