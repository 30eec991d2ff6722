"""The embedded web server: `python -m crm.jobs.web HOST PORT`."""

import os
import sys

import waitress
from django.conf import settings
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.utilities import RequestEntityTooLarge

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

FORM_MARGIN_BYTES = 1024 * 1024  # the form around an upload
EXPLAINED = "/imports/new/"  # the page that says how large a file may be, and keeps its form


class Parser(HTTPRequestParser):
    """An upload that is too long is refused by its header; where a page explains it, the page is asked without it."""

    def received(self, data: bytes) -> int:
        consumed = super().received(data)
        is_too_long = isinstance(self.error, RequestEntityTooLarge) and not self.body_bytes_received  # type: ignore[has-type]
        if is_too_long and self.path == EXPLAINED and not self.chunked:
            self.error = None
            self.expect_continue = False
            self.headers["CONNECTION"] = "close"  # what still comes of the body is nobody's request
        return consumed


class Channel(HTTPChannel):
    parser_class = Parser


def main(host: str, port: int) -> None:
    from django.core.wsgi import get_wsgi_application

    BaseWSGIServer.channel_class = Channel
    waitress.serve(
        get_wsgi_application(),
        host=host,
        port=port,
        threads=int(os.environ.get("WEB_THREADS", 8)),
        # waitress spools a whole body to disk before Django sees any of it
        max_request_body_size=settings.MAX_UPLOAD_BYTES + FORM_MARGIN_BYTES,
        channel_timeout=120,
        ident=None,
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
