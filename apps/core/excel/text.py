"""Cleaning of text that came from a file, and the form in which two headings or choices are compared."""

import re
import unicodedata

# C0/C1 controls except tab and line feed, soft hyphen, zero-width and bidi marks, BOM, lone surrogates, non-characters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\uffff]"
)
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_SPACE = re.compile(r"\s+")
_BRACKETED = re.compile(r"[(\[【〔{<《].*?[)\]】〕}>》]")
_EDGE_MARKS = "*:：·.。,，;；、-—_/"


def is_plain(text: str) -> bool:
    """Whether `clean` would at most strip blanks.  A text is plain only if every part of it is."""
    printable = text.isprintable() and "\ufffc" not in text and "\ufffd" not in text
    return printable and unicodedata.is_normalized("NFC", text)


def clean(text: str) -> tuple[str, bool]:
    """Text as we keep it: NFC, LF line ends, no control or bidi characters. The flag says that some were removed."""
    removed = False
    # What is printable is wanted, but for two characters; asking that first is the quicker way through most texts.
    if (not text.isprintable() or "\ufffc" in text or "\ufffd" in text) and _UNWANTED.search(text):
        text = _LINE_ENDS.sub("\n", text)
        text, count = _UNWANTED.subn("", text)
        removed = count > 0
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.strip(), removed


def label_key(text: str) -> str:
    """What makes two headings or choices the same: width, case, spaces, line breaks and edge marks do not count."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _SPACE.sub("", folded).strip(_EDGE_MARKS)


def bare_key(text: str) -> str:
    """`label_key` without anything in brackets: 整改要求（措施） = 整改要求."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return label_key(_BRACKETED.sub("", folded))


def shorten(text: str, length: int = 40) -> str:
    """One line of at most `length` characters, for messages."""
    line = _SPACE.sub(" ", text).strip()
    return line if len(line) <= length else line[: length - 1] + "…"


def column_letter(index: int) -> str:
    """Excel's name of the column with this zero-based index."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Zero-based index of the column with this name."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
