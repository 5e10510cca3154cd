"""What is written of a request can't be taken for what the server says itself."""

import json
import logging
import logging.config
import sys
from io import StringIO
from typing import Any

import pytest

HOSTILE = "/p/x\n2026-01-01 00:00:00,000 ERROR   ui.queue: all ballots are lost\r\x1b[2J\u2028\u202e\ud800/"


def logged(settings: Any, form: str, message: str, *args: object, exc_info: Any = None) -> str:
    told = settings.LOGGING["formatters"][form]
    made = logging.config.DictConfigurator({"version": 1}).configure_formatter(dict(told))
    record = logging.LogRecord("ui.handler", logging.ERROR, "handler.py", 1, message, args, exc_info)
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(made)
    handler.emit(record)
    return stream.getvalue()


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_address_begins_no_line_of_its_own(form: str, settings: Any) -> None:
    written = logged(settings, form, "A fault at %s", HOSTILE)
    assert len(written.splitlines()) == 1
    assert written[:-1].isprintable()
    written.encode()
    assert "all ballots are lost" in written


def test_json_says_what_was_asked_for(settings: Any) -> None:
    assert json.loads(logged(settings, "json", "A fault at %s", HOSTILE))["message"] == f"A fault at {HOSTILE}"


def test_an_exception_is_told_in_its_lines(settings: Any) -> None:
    try:
        raise ValueError("no")
    except ValueError:
        said = logged(settings, "text", "A fault at %s", "/Käse/", exc_info=sys.exc_info()).splitlines()
    assert said[0].endswith("ui.handler: A fault at /Käse/")
    assert (said[1], said[-1]) == ("Traceback (most recent call last):", "ValueError: no")
