"""How much of a sensitive value is shown: 138****5678."""

import re

HIDDEN = "••••"


def masked(value: object) -> str:
    """A value with its middle hidden. E-mail keeps its domain; numbers keep three in front and four behind."""
    text = "" if value is None else str(value)
    if not text:
        return ""
    if "@" in text:
        name, _at, domain = text.partition("@")
        return f"{name[:1]}***@{domain}"
    digits = re.sub(r"\D", "", text)
    if len(digits) >= 8 and len(digits) >= len(text.replace(" ", "").replace("-", "").replace("+", "")) - 1:
        local = digits[-11:] if len(digits) > 11 else digits
        return f"{local[:3]}****{local[-4:]}"
    if len(text) > 8:
        return f"{text[:2]}****{text[-2:]}"
    return HIDDEN
