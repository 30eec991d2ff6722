"""What a postcode looks like, country by country. Shapes only: nobody here knows which of them are in use."""

import re

N3, N4, N5, N6 = r"\d{3}", r"\d{4}", r"\d{5}", r"\d{6}"
SHAPES: dict[str, str] = {
    **dict.fromkeys(
        ("AT", "AU", "BE", "BG", "CH", "CY", "DK", "GE", "HU", "LI", "LU", "NO", "NZ", "PH", "SI", "TN", "ZA"), N4
    ),
    **dict.fromkeys(
        (
            *("AE", "BA", "DE", "EE", "EG", "ES", "FI", "FR", "HR", "ID", "IT", "JO", "KR", "KW", "MA", "MC", "ME"),
            *("MX", "MY", "PE", "PK", "RS", "SA", "SN", "TH", "TR", "UA", "UY", "VN"),
        ),
        N5,
    ),
    **dict.fromkeys(("BY", "CN", "CO", "EC", "IN", "KG", "KZ", "RO", "RU", "SG", "UZ"), N6),
    "BR": r"\d{5}-?\d{3}",
    "CA": r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] ?\d[ABCEGHJ-NPRSTV-Z]\d",
    "CL": r"\d{3}-?\d{4}",
    "CZ": r"\d{3} ?\d{2}",
    "GB": r"(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})",
    "GR": r"\d{3} ?\d{2}",
    "IE": r"[A-Z]\d[\dW] ?[A-Z\d]{4}",
    "IL": r"\d{5}(?:\d{2})?",
    "IS": N3,
    "JP": r"\d{3}-?\d{4}",
    "LT": r"(?:LT-)?\d{5}",
    "LV": r"(?:LV-)?\d{4}",
    "MT": r"[A-Z]{3} ?\d{4}",
    "NL": r"\d{4} ?[A-Z]{2}",
    "PL": r"\d{2}-?\d{3}",
    "PT": r"\d{4}(?:-\d{3})?",
    "SE": r"\d{3} ?\d{2}",
    "SK": r"\d{3} ?\d{2}",
    "TW": r"\d{3}(?:-?\d{2,3})?",
    "US": r"\d{5}(?:-\d{4})?",
}
NONE = {"HK", "MO"}  # countries that have none: what is written there is not looked at


def fits(postcode: str, country: str) -> bool:
    """Whether it has the shape of that country; true for countries whose shape is not listed."""
    shape = SHAPES.get(country)
    return shape is None or bool(re.fullmatch(shape, postcode.strip().upper()))


def is_expected(country: str) -> bool:
    """Whether addresses there are written with one."""
    return country in SHAPES
