"""A dictionary from a file or a text: one word a line, in UTF-8 or GB18030, each word once."""

from soc.errors import InputError

#: bytes of a file that are read at all
LARGEST = 2 << 20


class DictionaryError(InputError):
    """A file that is no dictionary."""


def words_of(raw: bytes) -> list[str]:
    """Read a file of words; what is wrong with single words is said by the document's check.

    Raises:
        DictionaryError: it is too large, or neither UTF-8 nor GB18030.
    """
    if len(raw) > LARGEST:
        raise DictionaryError("errors.workshop.dictionary_large", most=LARGEST >> 20)
    return lines_of(_decoded(raw))


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DictionaryError("errors.workshop.dictionary_encoding")


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something, each once, in their order."""
    return list(dict.fromkeys(line.strip() for line in text.split("\n") if line.strip()))
