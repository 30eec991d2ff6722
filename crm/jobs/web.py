"""The embedded web server: `python -m crm.jobs.web HOST PORT`."""

import os
import sys

import waitress
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

FORM_MARGIN_BYTES = 1024 * 1024  # the form around an upload


def main(host: str, port: int) -> None:
    from django.core.wsgi import get_wsgi_application

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
