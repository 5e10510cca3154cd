import json
import logging
import re
from datetime import UTC, datetime

UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Ends of lines, what moves a terminal's writing about, and halves of letters, which can't be written."""


class NotTwice(logging.Filter):
    """Leaves out what the desk could not store on a full disk: `ui.storing` says that, now and then."""

    def filter(self, record: logging.LogRecord) -> bool:
        from ui import database  # late: this is read before the apps are there

        fault = record.exc_info[1] if record.exc_info else None
        return not (isinstance(fault, Exception) and database.stores_nothing(fault))


class TextFormatter(logging.Formatter):
    """A record is one line, but for its exception: an address that somebody asks for can't begin another one."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- the library's
        return UNSEEN.sub(_told, super().formatMessage(record))


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time (UTC, ISO 8601), level, logger, message and, where there is one, the exception."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return UNSEEN.sub(_told, json.dumps(line, ensure_ascii=False))


def _told(unseen: re.Match[str]) -> str:
    return f"\\u{ord(unseen[0]):04x}"
