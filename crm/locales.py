"""Translations: collect the marked strings, say what is missing, compile the catalogues. No gettext programs needed.

python -m crm.locales update     new strings into locale/*/LC_MESSAGES/django.po, gone ones out
python -m crm.locales check      exit 1 and name every message that is missing, fuzzy or has other placeholders
python -m crm.locales compile    .po -> .mo (not committed; made at set-up), only where it is out of date
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("crm", "customers", "interactions", "analytics")
LOCALES = {"zh_Hans": "zh_Hans_CN", "zh_Hant": "zh_Hant_TW"}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdif]|%[sdif]|\{(\w*)\}")


def catalogue_path(locale: str) -> Path:
    return ROOT / "locale" / locale / "LC_MESSAGES" / "django.po"


def collect() -> Catalog:
    """Every marked string of code and templates."""
    template = Catalog(project="Clientele", charset="utf-8", fuzzy=False)
    for path, content in _sources():
        found = extract("python", BytesIO(content.encode()), keywords=KEYWORDS)
        for _line, message, _comments, context in found:
            template.add(message, locations=[(path.relative_to(ROOT).as_posix(), 1)], context=context)
    return template


def load(locale: str) -> Catalog:
    path = catalogue_path(locale)
    if not path.exists():
        return Catalog(locale=LOCALES[locale], project="Clientele", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALES[locale])


def update() -> dict[str, int]:
    """Bring the catalogues up to date with the sources; how many messages of each lack a translation."""
    template = collect()
    missing = {}
    for locale in LOCALES:
        catalogue = load(locale)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path = catalogue_path(locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, omit_header=False, include_lineno=False, sort_by_file=True, width=110)
        missing[locale] = sum(1 for message in catalogue if message.id and not _is_translated(message))
    return missing


def faults() -> list[str]:
    """What a reader would stumble over: untranslated, fuzzy, or translated with other placeholders."""
    template = collect()
    found = []
    for locale in LOCALES:
        catalogue = load(locale)
        for wanted in template:
            if not wanted.id:
                continue
            text = wanted.id if isinstance(wanted.id, str) else wanted.id[0]
            message = catalogue.get(wanted.id, context=wanted.context)
            if message is None or not _is_translated(message):
                found.append(f"{locale}: missing: {text}")
            elif message.fuzzy:
                found.append(f"{locale}: fuzzy: {text}")
            elif _placeholders(message.id) != _placeholders(message.string):
                found.append(f"{locale}: other placeholders: {text}")
    return found


def compile_all() -> int:
    """Compile what is out of date; how many files were written."""
    written = 0
    for locale in LOCALES:
        source = catalogue_path(locale)
        target = source.with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        with target.open("wb") as file:
            write_mo(file, load(locale))
        written += 1
    return written


def _sources() -> Iterator[tuple[Path, str]]:
    from django.utils.translation.template import templatize

    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text()
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt", ".xml"}:
            calls = templatize(path.read_text(), origin=str(path))  # everything but the marked strings is blanked out
            yield path, "\n".join(line.strip() for line in calls.splitlines())


def _is_translated(message: Message) -> bool:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return bool(strings) and all(strings)


def _placeholders(text: object) -> set[str]:
    """The placeholders of a message; with plural forms those of all of them together."""
    texts = [text] if isinstance(text, str) else list(text or ())  # type: ignore[call-overload]
    return {match.group(0) for each in texts for match in PLACEHOLDER.finditer(each)}


def main(arguments: list[str]) -> int:
    command = arguments[0] if arguments else ""
    if command == "update":
        for locale, count in update().items():
            sys.stdout.write(f"{locale}: {count} messages to translate\n")
        return 0
    if command == "check":
        found = faults()
        sys.stdout.write("".join(f"{line}\n" for line in found))
        return 1 if found else 0
    if command == "compile":
        sys.stdout.write(f"compiled {compile_all()} catalogues\n")
        return 0
    sys.stderr.write(f"{__doc__}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
