"""What lies in a file: its tables, its running text, or further files; by its content, not by its name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from detectors.discovery.finding import Skipped
from detectors.discovery.sources.base import Table
from detectors.discovery.sources.files.document import Document
from detectors.discovery.sources.files.handle import Handle, on_disk
from detectors.discovery.sources.files.kinds import Kind, kind_of, refuse, surprise
from detectors.discovery.sources.files.limits import Limits
from soc.text import t


@dataclass(frozen=True, slots=True)
class Database:
    """A file that is a database of its own."""

    url: str


Content = Table | Document | Handle | Database | Skipped


def contents(file: Handle, limits: Limits) -> Iterator[Content]:
    """What lies in a file, each to be used before the next is asked for.

    Raises:
        UnreadableError: it is no kind of file that is read, or is damaged.
    """
    kind = kind_of(file)
    notes = surprise(file, kind)
    for found in _opened(file, kind, limits):
        yield replace(found, notes=(*notes, *found.notes)) if isinstance(found, Table | Document) else found


def _opened(file: Handle, kind: Kind, limits: Limits) -> Iterator[Content]:
    opener = _OPENERS.get(kind)
    if opener is None:
        raise refuse(file, kind)
    yield from opener(file, limits)


def _text(file: Handle, _limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import texts

    yield from texts.contents(file)


def _database(file: Handle, _limits: Limits) -> Iterator[Content]:
    with on_disk(file) as path:
        yield Database(f"sqlite:///{path.resolve()}")


def _duckdb(file: Handle, _limits: Limits) -> Iterator[Content]:
    with on_disk(file) as path:
        yield Database(f"duckdb:///{path.resolve()}")


def _json(file: Handle, _limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import jsons

    yield jsons.table_of(file)


def _xml(file: Handle, _limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import xmls

    yield from xmls.tables_of(file)


def _columnar(kind: Kind) -> Callable[[Handle, Limits], Iterator[Content]]:
    def opened(file: Handle, _limits: Limits) -> Iterator[Content]:
        from detectors.discovery.sources.files import columnar

        yield columnar.table_of(file, kind)

    return opened


def _xlsx(file: Handle, _limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources import sheets

    yield from sheets.tables_of(file)


def _xls(file: Handle, _limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import xls

    yield from xls.tables_of(file)


def _ods(file: Handle, _limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import ods

    yield from ods.sheets_of(file)


def _odt(file: Handle, _limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import ods

    yield ods.text_of(file)


def _docx(file: Handle, _limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import docx

    yield from docx.contents(file)


def _doc(file: Handle, _limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import legacy

    yield legacy.word(file)


def _ppt(file: Handle, _limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import legacy

    yield legacy.slides(file)


def _pptx(file: Handle, _limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import pptx

    yield from pptx.contents(file)


def _pdf(file: Handle, _limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import pdf

    yield from pdf.contents(file)


def _image(file: Handle, _limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import pictures

    yield pictures.document_of(file)


def _rtf(file: Handle, _limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import rtf

    yield rtf.document_of(file)


def _html(file: Handle, _limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import html

    yield from html.contents(file)


def _mail(file: Handle, limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import mail

    yield from mail.contents(file, limits)


def _mailbox(file: Handle, limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import mail

    yield from mail.messages(file, limits)


def _zip(file: Handle, limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import archives

    yield from archives.zipped(file, limits)


def _tar(file: Handle, limits: Limits) -> Iterator[Content]:
    from detectors.discovery.sources.files import archives

    yield from archives.tarred(file, limits)


def _compressed(kind: Kind) -> Callable[[Handle, Limits], Iterator[Content]]:
    def opened(file: Handle, limits: Limits) -> Iterator[Content]:
        from detectors.discovery.sources.files import compressed

        limits.enter(file)
        for inner, whole in compressed.inside(file, kind, limits):
            notes = () if whole else (t("discovery.note.damaged"),)
            for found in contents(inner, limits.deeper()):
                yield replace(found, notes=(*notes, *found.notes)) if isinstance(found, Table | Document) else found

    return opened


_OPENERS: dict[Kind, Callable[[Handle, Limits], Iterator[Content]]] = {
    Kind.TEXT: _text,
    Kind.SQLITE: _database,
    Kind.DUCKDB: _duckdb,
    Kind.JSON: _json,
    Kind.XML: _xml,
    Kind.XLSX: _xlsx,
    Kind.XLS: _xls,
    Kind.ODS: _ods,
    Kind.ODT: _odt,
    Kind.DOC: _doc,
    Kind.PPT: _ppt,
    Kind.DOCX: _docx,
    Kind.PPTX: _pptx,
    Kind.PDF: _pdf,
    Kind.RTF: _rtf,
    Kind.IMAGE: _image,
    Kind.HTML: _html,
    Kind.MAIL: _mail,
    Kind.MAILBOX: _mailbox,
    Kind.ZIP: _zip,
    Kind.TAR: _tar,
    **{kind: _compressed(kind) for kind in (Kind.GZIP, Kind.BZIP2, Kind.XZ, Kind.ZSTD, Kind.LZ4)},
    **{kind: _columnar(kind) for kind in (Kind.PARQUET, Kind.ORC, Kind.AVRO, Kind.ARROW)},
}
