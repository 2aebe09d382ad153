"""Log lines that name the request and stay on one line."""

import logging

from lead_cms.core.middleware import request_id_var


class RequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id_var.get()
        return True


class OneLine(logging.Formatter):
    """A value with a line break in it must not look like a line of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)
