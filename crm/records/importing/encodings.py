"""Which encoding a text file is in: UTF-8, GBK, Big5 or the Western one of Windows; UTF-16 only with its mark.

The whole file is looked at, because the first Chinese name may stand in the last line.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field

CHINESE_PUNCTUATION = set("，。、；：？！“”‘’（）《》〈〉「」『』【】—…·　￥％～")
EVIDENCE_LINES = 2_000
WESTERN = 0.55  # how likely a Western file is, when each odd byte stands alone between plain letters


def by_mark(start: bytes) -> str:
    """The encoding that a byte-order mark names; empty without one."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            return name
    return ""


@dataclass
class Evidence:
    """Lines with anything beyond ASCII, sorted by whether they are UTF-8."""

    valid: int = 0
    invalid: int = 0
    samples: list[bytes] = field(default_factory=list)
    carry: bytes = b""
    lines: int = 0

    def add(self, chunk: bytes) -> None:
        self.lines += chunk.count(b"\n")
        if chunk.isascii() and self.carry.isascii():
            self.carry = chunk[chunk.rfind(b"\n") + 1 :][-65_536:]
            return
        *whole, self.carry = (self.carry + chunk).split(b"\n")
        self.carry = self.carry[-65_536:]
        for line in whole:
            self._judge(line)

    def finish(self) -> str:
        if self.carry:
            self.lines += 1
            self._judge(self.carry)
        if not self.invalid or self.valid >= self.invalid:
            return "utf-8"  # lines that are not UTF-8 are reported one by one
        return best_of(self.samples)

    def _judge(self, line: bytes) -> None:
        if line.isascii():
            return
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            self.invalid += 1
            if len(self.samples) < EVIDENCE_LINES:
                self.samples.append(line)
        else:
            self.valid += 1


def best_of(lines: list[bytes]) -> str:
    """The encoding in which most of the lines can be read and look like common writing."""
    scores = {
        "gb18030": _score(lines, "gbk", _is_common_simplified),
        "big5": _score(lines, "big5", _is_common_traditional),
        "cp1252": _western_score(lines),
    }
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0 else "utf-8"


def _score(lines: list[bytes], encoding: str, is_common: "object") -> float:
    common = total = 0
    for line in lines:
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            total += sum(byte > 127 for byte in line)
            continue
        beyond = [letter for letter in text if letter > "\x7f"]
        total += len(beyond)
        common += sum(1 for letter in beyond if is_common(letter))  # type: ignore[operator]
    return common / total if total else 0.0


def _is_common_simplified(letter: str) -> bool:
    """In the first level of GB 2312, which holds the 3,755 most used characters."""
    try:
        return letter in CHINESE_PUNCTUATION or 0xB0 <= letter.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


def _is_common_traditional(letter: str) -> bool:
    """In the first level of Big5, which holds the 5,401 most used characters."""
    try:
        return letter in CHINESE_PUNCTUATION or 0xA4 <= letter.encode("big5")[0] <= 0xC6
    except UnicodeEncodeError:
        return False


def _western_score(lines: list[bytes]) -> float:
    alone = total = 0
    for line in lines:
        for place in _high_bytes(line):
            total += 1
            neighbours = line[max(place - 1, 0) : place] + line[place + 1 : place + 2]
            alone += neighbours.isascii() and line[place] not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
    return WESTERN * alone / total if total else 0.0


def _high_bytes(line: bytes) -> Iterator[int]:
    return (place for place, byte in enumerate(line) if byte > 127)
