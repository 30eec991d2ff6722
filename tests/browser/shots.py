"""The pictures of the README: `make shots`.

Signs in as the demo users, visits the pages of SHOTS in both languages and on both screens, has axe look at each, and
writes compressed pictures to docs/images. Without --address it starts a server with a demo company of its own.

    python tests/browser/shots.py [--address http://127.0.0.1:8000] [--only NAME …] [--customers 2000]
"""

import argparse
import logging
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page  # noqa: E402

from tests.browser import driver  # noqa: E402

FOLDER = ROOT / "docs" / "images"
LIMIT = 6 * 1024 * 1024
PASSWORD = "demo"
log = logging.getLogger("shots")


@dataclass(frozen=True)
class Shot:
    """One page to be pictured.

    follow    selector of a link to open from `path`, for pages whose address holds a number
    is_dark   a picture of the dark page as well
    """

    name: str
    user: str
    path: str
    follow: str = ""
    is_dark: bool = False


SHOTS = [
    Shot("home-rep", "rep", "/"),
    Shot("home-service", "service", "/"),
    Shot("home-manager", "manager", "/", is_dark=True),
    Shot("customer", "manager", "/customers/?relation_class=key", follow="#results tbody .cell-first a", is_dark=True),
    Shot("customers", "manager", "/customers/"),
    Shot("order-form", "rep", "/orders/new/"),
    Shot("complaint-form", "service", "/complaints/new/"),
    Shot("segment-builder", "manager", "/segments/new/"),
    Shot("rfm", "manager", "/reports/rfm/"),
    Shot("product-distribution", "manager", "/reports/product-distribution/"),
    Shot("retention-cohorts", "manager", "/reports/retention-cohorts/", is_dark=True),
]
LANGUAGES = ("en", "zh-hans")


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    options = _options()
    wanted = [shot for shot in SHOTS if not options.only or shot.name in options.only]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _address(options) as address, driver.browser() as started:
        wrong = [line for shot in wanted for line in picture(started, address, shot)]
    size = sum(path.stat().st_size for path in FOLDER.glob("*.webp"))
    log.info("%.1f MB in %s", size / 1024**2, FOLDER.relative_to(ROOT))
    if size > LIMIT:
        wrong.append(f"The pictures take {size / 1024**2:.1f} MB; at most {LIMIT / 1024**2:.0f} are wanted.")
    for line in wrong:
        log.error(line)
    return 1 if wrong else 0


def picture(started: Browser, address: str, shot: Shot) -> list[str]:
    """All pictures of one page; what is wrong with it, one line each."""
    wrong = []
    for language in LANGUAGES:
        for is_narrow in (False, True):
            for is_dark in (False, True) if shot.is_dark and not is_narrow else (False,):
                screen = {"language": language, "is_narrow": is_narrow, "is_dark": is_dark}
                name = f"{shot.name}-{language}-{390 if is_narrow else 1280}{'-dark' if is_dark else ''}"
                wrong += [f"{name}: {line}" for line in _one(started, address, shot, name, screen)]
    return wrong


def _one(started: Browser, address: str, shot: Shot, name: str, screen: dict) -> list[str]:
    context = driver.reader(started, address, **screen)
    try:
        page = context.new_page()
        driver.sign_in(page, shot.user, PASSWORD)
        _choose_language(page, screen["language"])
        answer = page.goto(shot.path)
        if shot.follow:
            page.goto(str(page.get_attribute(f"{shot.follow} >> nth=0", "href")))
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(600)  # charts draw themselves
        if answer is None or answer.status != 200:
            return [f"{shot.path} answers {answer.status if answer else 'nothing'}"]
        _write(page, name)
        wrong = driver.findings(page)
        if driver.sideways(page):
            wrong.append(f"the page scrolls sideways by {driver.sideways(page)} pixels")
        log.info("%s%s", name, f": {len(wrong)} findings" if wrong else "")
        return wrong
    finally:
        context.close()


def _choose_language(page: Page, language: str) -> None:
    """The users' own choice counts, so they choose."""
    if page.evaluate("document.documentElement.lang") == language:
        return
    page.evaluate(
        """(language) => {
            const button = document.querySelector(`button[name=language][value="${language}"]`);
            button.form.requestSubmit(button);
        }""",
        language,
    )
    page.wait_for_function("(language) => document.documentElement.lang === language", arg=language)


def _write(page: Page, name: str) -> None:
    with Image.open(BytesIO(page.screenshot())) as image:
        image.convert("RGB").save(FOLDER / f"{name}.webp", quality=80, method=6)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", default="", help="a running server with the demo company")
    parser.add_argument("--only", nargs="*", default=[], help="names of the pages to picture")
    parser.add_argument("--customers", type=int, default=2000, help="size of the demo company that is made")
    return parser.parse_args()


@contextmanager
def _address(options: argparse.Namespace) -> Iterator[str]:
    if options.address:
        yield options.address
        return
    with tempfile.TemporaryDirectory(prefix="clientele-shots-") as folder:
        environment = {**os.environ, "DATA_DIR": folder, "DEMO": "1"}
        for command in (["migrate", "--verbosity=0"], ["demo", f"--customers={options.customers}"], ["recompute"]):
            log.info("manage.py %s", " ".join(command))
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "crm.wsgi:application"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=15)


def _wait_for(url: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - our own address
            return
        except urllib.error.HTTPError:
            return  # it answers; what it says of its health is not our question
        except OSError:
            time.sleep(0.3)
    raise TimeoutError(f"{url} does not answer.")


if __name__ == "__main__":
    sys.exit(main())
