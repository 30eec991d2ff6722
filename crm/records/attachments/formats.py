"""What a file is, by what it holds; the ending of its name must agree."""

import zipfile
from typing import IO

# ending -> format
ENDINGS = {
    "pdf": "pdf", "png": "png", "jpg": "jpeg", "jpeg": "jpeg", "gif": "gif", "webp": "webp",
    "docx": "word", "xlsx": "excel", "pptx": "slides", "txt": "text", "csv": "text", "md": "text",
}  # fmt: skip
ALLOWED = "PDF, PNG, JPEG, GIF, WebP, Word, Excel, PowerPoint, TXT, CSV, MD"
PARTS = {"word/": "word", "xl/": "excel", "ppt/": "slides"}
SAMPLE = 64 * 1024


def of(file: IO[bytes]) -> str:
    """The format of a file, "" for one that is not taken. Leaves the file at its beginning."""
    file.seek(0)
    head = file.read(SAMPLE)
    file.seek(0)
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"PK\x03\x04"):
        return _office(file)
    return "text" if _is_text(head) else ""


def expected(name: str) -> str:
    """The format that the ending of a name promises; "" for endings that are not taken."""
    _stem, dot, ending = name.rpartition(".")
    return ENDINGS.get(ending.lower(), "") if dot else ""


def _office(file: IO[bytes]) -> str:
    try:
        with zipfile.ZipFile(file) as parts:
            names = parts.namelist()[:5_000]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""
    finally:
        file.seek(0)
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return ""  # with macros it is a program
    return next((form for start, form in PARTS.items() if any(name.startswith(start) for name in names)), "")


def _is_text(head: bytes) -> bool:
    if not head or b"\0" in head:
        return False
    for encoding in ("utf-8", "gb18030", "big5"):
        try:
            head[: SAMPLE - 8].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(head) - 8:
                continue
        return not any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    return False
