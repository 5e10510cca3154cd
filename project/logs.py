import json
import logging
from datetime import UTC, datetime


class NotTwice(logging.Filter):
    """Leaves out what the desk could not store on a full disk: `ui.storing` says that, now and then."""

    def filter(self, record: logging.LogRecord) -> bool:
        from ui import database  # late: this is read before the apps are there

        fault = record.exc_info[1] if record.exc_info else None
        return not (isinstance(fault, Exception) and database.stores_nothing(fault))


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
        return json.dumps(line, ensure_ascii=False)
