"""Texts as they are compared: one spelling for width, case, script, punctuation, legal forms and dialling codes."""

import re
import unicodedata
from functools import cache
from importlib.resources import files

import phonenumbers

CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
IS_CJK = re.compile(rf"[{CJK}]")
WORDS = re.compile(rf"[{CJK}]|[^\W_{CJK}]+")
ONLY_CJK = re.compile(rf"[{CJK}()\s]*")
NOT_LETTERS = re.compile(r"[\W_]+")
LEGAL_FORMS_CJK = re.compile(
    "(股份有限公司|有限责任公司|集团有限公司|有限公司|股份公司|责任公司|总公司|分公司|子公司|集团公司|公司|集团)"
)
LEGAL_FORMS = {
    "ltd", "limited", "co", "company", "corp", "corporation", "inc", "incorporated", "llc", "llp", "plc", "gmbh", "ag",
    "kg", "ohg", "sa", "sarl", "srl", "spa", "bv", "nv", "oy", "ab", "as", "aps", "pty", "pte", "kk", "holding",
    "holdings", "group", "the", "and",
}  # fmt: skip
INTERNATIONAL = re.compile(r"\+[1-9]\d{6,14}")
SHORTEST_NUMBER = 5  # fewer digits are an extension or nonsense, and match too many


@cache
def _simplified() -> dict[int, str]:
    table = (files("opencc") / "dictionary" / "TSCharacters.txt").read_text(encoding="utf-8")
    found = {}
    for line in table.splitlines():
        traditional, _tab, simplified = line.partition("\t")
        if len(traditional) == 1 and simplified:
            found[ord(traditional)] = simplified.split()[0]
    return found


def simplified(text: str) -> str:
    """Half width and simplified characters, letter by letter: nothing else changes."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_simplified())


def folded(text: object) -> str:
    """Half width, lower case, simplified characters, no accents."""
    given = str(text or "")
    if given.isascii():
        return given.casefold()
    plain = unicodedata.normalize("NFKC", given).casefold().translate(_simplified())
    if ONLY_CJK.fullmatch(plain):
        return plain
    apart = unicodedata.normalize("NFKD", plain)
    return unicodedata.normalize("NFC", "".join(each for each in apart if not unicodedata.combining(each)))


def name_words(name: object, *, is_organisation: bool) -> list[str]:
    """What of a name tells one customer from another: words in their order, Chinese characters one by one."""
    text = folded(name).replace("'", "").replace("’", "")
    if is_organisation:
        text = LEGAL_FORMS_CJK.sub(" ", text).replace("&", " ") if IS_CJK.search(text) else text.replace("&", " ")
    words = WORDS.findall(re.sub(r"(?<=\b\w)\.(?=\w\b)", "", text))
    if is_organisation:
        kept = [word for word in words if word not in LEGAL_FORMS]
        words = kept or words
    return words or WORDS.findall(folded(name))


def name_key(name: object, *, is_organisation: bool) -> str:
    """Equal for names that differ in spelling only: order of words, script, legal form, brackets.

    A person's Chinese name keeps its order: 王海 is not 海王.
    """
    words = name_words(name, is_organisation=is_organisation)
    if not is_organisation and any(IS_CJK.match(word) for word in words):
        return "".join(words)
    return _joined(sorted(words))


def name_text(name: object, *, is_organisation: bool) -> str:
    return _joined(name_words(name, is_organisation=is_organisation))


def phone_key(phone: object, country: object = "") -> str:
    """The number in international form; digits only where nobody can tell the country."""
    text = unicodedata.normalize("NFKC", str(getattr(phone, "as_e164", phone) or "")).strip()
    if not text or INTERNATIONAL.fullmatch(text):
        return text
    region = str(country or "") or None
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        digits = re.sub(r"\D", "", text)
        return digits if len(digits) >= SHORTEST_NUMBER else ""
    return f"+{parsed.country_code}{parsed.national_number}" if parsed.national_number > 9_999 else ""


def email_key(email: object) -> str:
    name, at, domain = unicodedata.normalize("NFKC", str(email or "")).strip().casefold().rpartition("@")
    if not at or not name or not domain:
        return ""
    return f"{name.partition('+')[0] or name}@{domain}"


def tax_key(number: object) -> str:
    key = NOT_LETTERS.sub("", unicodedata.normalize("NFKC", str(number or "")).casefold())
    return key if len(key) >= SHORTEST_NUMBER else ""


def address_key(address: object, city: object = "") -> str:
    """Letters and digits of street and town; nothing without a house number, which too many would share."""
    key = NOT_LETTERS.sub("", folded(address))
    if not any(each.isdigit() for each in key) or len(key) < SHORTEST_NUMBER:
        return ""
    return f"{NOT_LETTERS.sub('', folded(city))}|{key}"


def _joined(words: list[str]) -> str:
    """Chinese characters stand together, other words apart."""
    text = ""
    for word in words:
        glued = text and IS_CJK.match(word) and IS_CJK.match(text[-1])
        text += word if not text or glued else f" {word}"
    return text
