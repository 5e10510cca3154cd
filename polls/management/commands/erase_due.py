from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from polls import retention


class Command(BaseCommand):
    help = "Erases voter keys, network keys and texts of polls whose retention has ended. The service does it hourly."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for poll in retention.erase_due(timezone.now()):
            self.stdout.write(f"erased: {poll.slug}")
