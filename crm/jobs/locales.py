"""Compile the translations: Django reads .mo files, which are made at set-up and need no gettext programs."""

from pathlib import Path


def compile_locales(folder: Path) -> int:
    """Write each .mo that is missing or older than its .po below `folder`; returns how many."""
    stale = [path for path in sorted(folder.rglob("*.po")) if _is_stale(path)]
    for path in stale:
        _compile(path)
    return len(stale)


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime


def _compile(path: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with path.open("rb") as source:
        catalog = read_po(source, locale=path.parent.parent.name, abort_invalid=True)
    fresh = path.with_suffix(".mo.new")
    with fresh.open("wb") as target:
        write_mo(target, catalog, use_fuzzy=False)
    fresh.replace(path.with_suffix(".mo"))
