"""Settings of the tests: those of the product, with a data folder and a bell of their own."""

import os
import tempfile
from pathlib import Path

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
if not os.environ.get("DATA_DIR") or "CLIENTELE_TEST_DATA" in os.environ:
    os.environ.setdefault("CLIENTELE_TEST_DATA", tempfile.mkdtemp(prefix="clientele-tests-"))
    os.environ["DATA_DIR"] = str(Path(os.environ["CLIENTELE_TEST_DATA"]) / _worker)

from crm.settings import *  # noqa: E402, F403
from crm.settings import DATA_DIR, EMBEDDED_BROKER  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the slow ones cost a second per sign-in
if EMBEDDED_BROKER:
    CELERY_BROKER_URL = "memory://localhost//"
STATIC_ROOT = DATA_DIR / "staticfiles"
STATIC_ROOT.mkdir(exist_ok=True)
