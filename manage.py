#!/usr/bin/env python
import gc
import os
import signal
import sys

# Nothing of what a start imports is garbage, and to look for some takes a seventh of it. project.apps ends this.
gc.disable()

from django.core.management import execute_from_command_line  # noqa: E402

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever reads what we write has enough, as `head` has. Python would complain of the rest at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + signal.SIGPIPE)
    except Exception as error:
        # Late: what goes well does not need it.
        from project.maintenance import explained

        if "--traceback" in sys.argv or not (sentence := explained(error)):
            raise
        if isinstance(error, OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(f"pollstead: {sentence}")
