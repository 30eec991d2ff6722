"""Finding records by a piece of their text: the same index and the same answers on SQLite and PostgreSQL.

Texts are cut into grams: three letters or digits, two Chinese characters. A question is cut the same way. Where its
rarest gram is rare, the few records that have all grams are read and compared exactly; where even the rarest is common,
the database walks the list in its own order and probes the index, so the first page is found early either way.
Chinese names are found by the first letters of their sounds too (`wxm` for 王小明), short ones by the whole sounds.
Nobody finds a record by a text that he sees masked.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from crm.accounts import access
from crm.accounts.models import User
from crm.records import bulk, privacy
from crm.records.attributes import Attribute
from crm.records.kinds import Kind, kinds
from crm.records.models import SearchGram

RARE = 2_000  # so many candidates are read and compared; above, the index is probed row by row
MOST_COUNTED = 24  # grams of a question; a longer one is found by its beginning and compared as a whole
BATCH = 2_000
LONGEST_QUESTION = 100
SPOKEN = {"name"}
LONGEST_PERSON = 4  # characters; companies are looked for by first letters
CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af"
WORDS = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
PHONE = re.compile(r"[+\d][\d\s\-().]{4,}")
AFTER_THE_NAME = re.compile(r"@([^.]*).*")  # of an e-mail's domain only the first part tells anything
DOMAIN = re.compile(r"@?([\w-]+)\.[a-z.]+$", re.IGNORECASE)


def normalised(text: object) -> str:
    return unicodedata.normalize("NFKC", str(text)).casefold()


def words(text: object) -> list[str]:
    """Runs of letters and digits, and runs of Chinese characters; phone numbers lose their spaces and dashes."""
    joined = PHONE.sub(lambda found: f" {re.sub(r'[^0-9]', '', found.group())} ", normalised(text))
    return WORDS.findall(joined)


@lru_cache(maxsize=4_096)
def spoken(word: str) -> tuple[str, ...]:
    """Chinese characters in pinyin without tones: the first letters, and of a short name the sounds as a whole."""
    if _size(word) != 2 or len(word) < 2:
        return ()
    from pypinyin import lazy_pinyin  # its tables take half a second

    sounds = [each for each in lazy_pinyin(word) if each.isascii() and each.isalpha()]
    initials = "".join(each[0] for each in sounds)
    return (initials, "".join(sounds)) if len(word) <= LONGEST_PERSON else (initials,)


def words_of(attribute: Attribute, text: object) -> list[str]:
    """What a value of an attribute can be found by: its words, and of a name how they sound."""
    found = words(text)
    if attribute.key in SPOKEN:
        found += [sound for word in found for sound in spoken(word)]
    return found


def grams(found_by: Iterable[str]) -> set[str]:
    """The index entries of words."""
    found: set[str] = set()
    for word in found_by:
        size = _size(word)
        found.update(word[at : at + size] for at in range(max(len(word) - size + 1, 1)))
        if size == 2 and len(word) > 1:
            found.add(word[-1])  # a last character alone can be asked for as well
    return found


def index(kind: Kind | str, records: Iterable[Any], *, is_new: bool = False) -> int:
    """Replace the index rows of these records; the number of rows written. New records have none to replace."""
    kind = kinds[kind] if isinstance(kind, str) else kind
    attributes = _indexed(kind)
    written = 0
    batches = _pages(records) if isinstance(records, QuerySet) else batched(records, BATCH)
    for batch in batches:
        written += _replace(kind, attributes, batch, is_new=is_new)
    return written


def batched(records: Iterable[Any], size: int) -> Iterator[list[Any]]:
    source = iter(records)
    while batch := list(islice(source, size)):
        yield batch


def _pages(rows: QuerySet) -> Iterator[list[Any]]:
    """All rows, a batch at a time. No cursor stays open between: SQLite lets nobody write who still reads an older
    state, and says "database is locked" without waiting."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def remove(kind: Kind, ids: Iterable[int]) -> None:
    SearchGram.objects.filter(kind=kind.key, object_id__in=list(ids)).delete()


def remove_all(kind: Kind, ids: QuerySet) -> None:
    """The same for the ids of a query, however many."""
    SearchGram.objects.filter(kind=kind.key, object_id__in=ids).delete()


class Question:
    """What somebody wants to find among the records of a kind, looked up once."""

    def __init__(self, kind: Kind, text: str, user: User | None) -> None:
        self.kind, self.user = kind, user
        self.text = text.replace("\0", " ").strip()[:LONGEST_QUESTION]
        self.words = words(DOMAIN.sub(r" \1", self.text))
        self.sensitivities = privacy.readable_sensitivities(kind, user)

    @cached_property
    def grams(self) -> list[str]:
        return _asked_grams(self.words)[:MOST_COUNTED]

    @cached_property
    def counted(self) -> list[int]:
        """On how many records each gram is; `everywhere` asks it of all kinds at once."""
        return _counted(self.rows_of_grams)

    @property
    def rows_of_grams(self) -> list[QuerySet]:
        return [_rows(self.kind, gram, self.sensitivities).values("object_id") for gram in self.grams]

    @property
    def rarest(self) -> tuple[str, int] | None:
        """The gram on the fewest records, None where all are common."""
        rare = [pair for pair in zip(self.grams, self.counted, strict=True) if pair[1] <= RARE]
        return min(rare, key=lambda pair: pair[1], default=None)

    @property
    def finds_nothing(self) -> bool:
        """Whether no text of the kind can hold it; a number may all the same."""
        return not self.words or 0 in self.counted

    @property
    def is_common(self) -> bool:
        """Whether even the rarest gram is on very many records; counts are then capped sooner."""
        return bool(self.words) and self.rarest is None

    @cached_property
    def matches(self) -> Q:
        by_number = _by_number(self.kind, self.text)
        if not self.words:
            return by_number
        if self.rarest is None:
            return Q(*_probes(self.kind, self.words, self.sensitivities)) | by_number
        found = _compared(self.kind, self.words, self.rarest, self.sensitivities, self.user)
        return Q(pk__in=found) | by_number

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """The rows of `queryset` that hold every word in something the user may read in full."""
        return queryset.filter(self.matches) if self.text else queryset


def narrow(kind: Kind, queryset: QuerySet, text: str, user: User | None) -> QuerySet:
    """The rows of `queryset` that hold every word of `text` in something the user may read in full."""
    return Question(kind, text, user).narrow(queryset)


def find(kind: Kind | str, text: str, user: User | None) -> QuerySet:
    """Ids of the records of a kind that `user` may see and that hold `text`."""
    kind = kinds[kind] if isinstance(kind, str) else kind
    if not text.strip("\0 \t\n"):
        return kind.model._default_manager.none().values_list("pk", flat=True)
    visible = kind.model._default_manager.visible_to(user)  # type: ignore[attr-defined]
    return narrow(kind, visible, text, user).values_list("pk", flat=True)


def everywhere(text: str, user: User, *, limit: int = 8) -> list[tuple[Kind, list[Any], bool]]:
    """Per kind the first matches, and whether there are more."""
    found = []
    for question in _asked_of_all([kind for kind in kinds if access.may_view_any(kind.key, user)], text, user):
        kind = question.kind
        visible = kind.queryset().visible_to(user)  # type: ignore[attr-defined]
        rows = list(question.narrow(visible).order_by(*kind.order_by)[: limit + 1])
        if rows:
            found.append((kind, rows[:limit], len(rows) > limit))
    return found


def _asked_of_all(asked: list[Kind], text: str, user: User) -> list[Question]:
    """The question to each kind that may have an answer: which do is asked of the database once, for all of them."""
    questions = [Question(kind, text, user) for kind in asked]
    by_number = [
        each.kind.model._default_manager.filter(_by_number(each.kind, each.text)).values("pk") for each in questions
    ]
    counts = iter(_counted([rows for each in questions for rows in each.rows_of_grams] + by_number))
    for each in questions:
        each.counted = list(islice(counts, len(each.grams)))
    numbered = list(counts)
    return [each for each, has_number in zip(questions, numbered, strict=True) if has_number or not each.finds_nothing]


def _counted(several: Sequence[QuerySet]) -> list[int]:
    """How many rows each query finds, up to RARE and one more, in one statement."""
    parts: list[str] = []
    values: list[Any] = []
    for rows in several:
        try:
            sql, given = rows.order_by()[: RARE + 1].query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS found)")  # noqa: S608  (made by the ORM; values are parameters)
        values.extend(given)
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())


# the index ------------------------------------------------------------------------------------------------------------


def _indexed(kind: Kind) -> list[Attribute]:
    """Numbers are not cut up: they have an index of their own and would only add the same zeros to every record."""
    return [kind.attribute(key) for key in kind.search if key != "number"]


def _replace(kind: Kind, attributes: list[Attribute], records: Sequence[Any], *, is_new: bool) -> int:
    rows: list[tuple[str, int, str]] = []
    for record in records:
        seen: set[tuple[str, str]] = set()
        for attribute in attributes:
            seen.update((gram, str(attribute.sensitivity)) for gram in _grams(attribute, _text(attribute, record)))
        rows.extend((gram, record.pk, sensitivity) for gram, sensitivity in sorted(seen))
    with transaction.atomic():
        if not is_new:
            remove(kind, (record.pk for record in records))
        if rows:
            found, ids, sensitivities = zip(*rows, strict=True)
            bulk.append(SearchGram, {"gram": found, "kind": kind.key, "object_id": ids, "sensitivity": sensitivities})
    return len(rows)


@lru_cache(maxsize=4_096)
def _grams(attribute: Attribute, text: str) -> frozenset[str]:
    """Subjects and phrases come again and again."""
    return frozenset(grams(words_of(attribute, text)))


def _text(attribute: Attribute, record: Any) -> str:
    value = str(attribute.value_of(record) or "")
    return AFTER_THE_NAME.sub(r" \1", value) if "@" in value else value


# the question ---------------------------------------------------------------------------------------------------------


def _by_number(kind: Kind, text: str) -> Q:
    """`C-000123`, or its bare digits `123`."""
    asked = text.strip().upper()
    prefix = kind.model.NUMBER_PREFIX  # type: ignore[attr-defined]
    numbers = {asked, asked.lower(), text.strip()}
    if asked.isascii() and asked.isdigit() and len(asked) <= 12:
        numbers.add(f"{prefix}-{int(asked):06d}")
    return Q(number__in=sorted(numbers))


def _size(word: str) -> int:
    return 2 if re.match(rf"[{CJK}]", word) else 3


def _asked_grams(asked: list[str]) -> list[str]:
    found: list[str] = []
    for word in asked:
        size = _size(word)
        found += [word[at : at + size] for at in range(max(len(word) - size + 1, 1))]
    return list(dict.fromkeys(found))


def _condition(gram: str) -> Q:
    """Whole grams are looked up; a word shorter than a gram is the beginning of one, or one by itself."""
    size = _size(gram)
    if len(gram) >= size:
        return Q(gram=gram)
    return Q(gram__gte=gram, gram__lt=gram[:-1] + chr(ord(gram[-1]) + 1))


def _rows(kind: Kind, gram: str, sensitivities: list[str]) -> QuerySet:
    found = SearchGram.objects.filter(_condition(gram), kind=kind.key)
    if set(sensitivities) >= set(_kinds_of_text(kind)):
        return found
    return found.filter(sensitivity__in=sensitivities)


def _kinds_of_text(kind: Kind) -> set[str]:
    return {str(each.sensitivity) for each in _indexed(kind)}


def _probes(kind: Kind, asked: list[str], sensitivities: list[str]) -> list[Exists]:
    return [Exists(_rows(kind, gram, sensitivities).filter(object_id=OuterRef("pk"))) for gram in _asked_grams(asked)]


def _compared(
    kind: Kind, asked: list[str], rarest: tuple[str, int], sensitivities: list[str], user: User | None
) -> list[int]:
    """Ids of the candidates whose texts really hold every word."""
    gram, count = rarest
    if count == 0:
        return []
    ids = list(_rows(kind, gram, sensitivities).order_by().values_list("object_id", flat=True))
    attributes = [each for each in _indexed(kind) if privacy.may_read(kind, each, user)]
    sources = [each.source for each in attributes]
    found = []
    for pk, *texts in kind.model._default_manager.filter(pk__in=set(ids)).values_list("pk", *sources):
        pairs = zip(attributes, texts, strict=True)
        held = [word for attribute, text in pairs if text for word in words_of(attribute, text)]
        if all(any(word in each for each in held) for word in asked):
            found.append(pk)
    return found
