"""Text files: a table where lines are cut alike, running text otherwise (notes, logs, source code, settings)."""

import io
import re
import statistics
from collections.abc import Iterator

from detectors.discovery.sources import csv
from detectors.discovery.sources.base import Sampling, Table
from detectors.discovery.sources.files.delimited import Damage, dialect_of, lines_of
from detectors.discovery.sources.files.document import Document, Passage, Place, Prose
from detectors.discovery.sources.files.encodings import charset_of
from detectors.discovery.sources.files.handle import Handle
from detectors.discovery.sources.files.stretches import Stretches, estimated, text_of
from soc.text import t

_TABLES = frozenset({".csv", ".tsv", ".tab", ".psv"})
#: text by its name: never cut into columns, however its lines look
_WRITTEN = """
    .md .rst .log .adoc .org .tex .srt .lrc .ics .vcf .ini .cfg .conf .cnf .config .properties .env .toml .yaml .yml .tf
    .py .js .ts .jsx .tsx .vue .java .kt .scala .go .rs .c .h .cc .cpp .hpp .cs .php .rb .pl .lua .r .m .sql .proto .css
    .sh .bash .zsh .bat .ps1 .vbs .gradle .scss .less .dockerfile .service .pem .key .crt .cer .pub
"""
_PROSE = frozenset(_WRITTEN.split())
_SENTENCE = re.compile(r"[。！？；]|[.!?] ")
_PROBE = 256 << 10
_LINES = 40  # lines that make a passage
_SAMPLE = 240_000  # characters of a long text that are read
_WHOLE = 1 << 20
_STRETCHES = 48


def contents(file: Handle) -> Iterator[Table | Document]:
    """The table, or the running text, of a text file.

    Raises:
        UnreadableError: it is text in no encoding we know.
    """
    yield csv.table_of(file) if _is_table(file) else document_of(file)


def _is_table(file: Handle) -> bool:
    if file.suffix in _TABLES:
        return True
    if file.suffix in _PROSE:
        return False
    probe = file.head(_PROBE)
    text = charset_of(file, [probe]).decode(probe)
    lines = [line for line in text.splitlines()[:300] if line.strip()]
    dialect = dialect_of(text)
    if dialect.agreed >= 0.8 and len(lines) >= 2 and not _is_prose(lines):
        return dialect.delimiter not in ",，" or len(lines) >= 3
    return len(lines) >= 3 and statistics.median(map(len, lines)) <= 32 and not _is_prose(lines)


def _is_prose(lines: list[str]) -> bool:
    """Whether lines are sentences: they end as sentences do, or are long and full of them."""
    return sum(bool(_SENTENCE.search(line)) for line in lines) * 4 > len(lines)


def document_of(file: Handle) -> Document:
    """The running text of a file."""
    return Document(name=file.name, read=lambda sampling: _read(file, sampling), path=file.path)


def _read(file: Handle, sampling: Sampling) -> Prose:
    prose = Prose(passages=iter(()))
    long = file.size > _WHOLE and not sampling.full
    prose.passages = _pieces(file, prose, sampling) if long else _whole(file, prose)
    return prose


def _whole(file: Handle, prose: Prose) -> Iterator[Passage]:
    charset, damage = charset_of(file), Damage()
    raw = file.open()
    raw.seek(charset.mark)
    with io.TextIOWrapper(raw, encoding=charset.name, errors="replace", newline=None) as stream:
        yield from _passages(lines_of(stream, damage), prose)
    if damage.undecodable:
        prose.notes.append(t("discovery.note.undecodable", count=damage.undecodable))
    if damage.cut:
        prose.notes.append(t("discovery.note.cut", count=damage.cut))


def _passages(lines: Iterator[str], prose: Prose) -> Iterator[Passage]:
    place, gathered = Place.START, []
    for line in lines:
        prose.rows += 1
        gathered.append(line)
        if len(gathered) == _LINES:
            yield Passage("".join(gathered), place)
            place, gathered = Place.BODY, []
    if gathered:
        yield Passage("".join(gathered), place)


def _pieces(file: Handle, prose: Prose, sampling: Sampling) -> Iterator[Passage]:
    """The start of a long text, and a few lines at a drawn place in each stretch of it."""
    stretches = Stretches.of(file, sampling.seed, count=_STRETCHES, size=_SAMPLE // _STRETCHES)
    charset = charset_of(file, stretches.pieces)
    lines = read = 0
    for number, body in enumerate(stretches.bodies(charset)):
        text = text_of(body, charset)
        lines, read = lines + text.count("\n"), read + len(body)
        yield Passage(text, Place.BODY if number else Place.START)
    prose.rows, prose.estimated = estimated(lines, read, file.size), True
    prose.notes.append(t("discovery.note.text_sampled", percent=max(1, round(100 * read / file.size))))
