"""As what pulled documents are read: told by whoever set the pull up, or from what they look like."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from audit.ingest.bulk.shapes import Shape, Shapes
from audit.ingest.formats import ParseOptions, find_format
from audit.ingest.formats.own import edition
from audit.ingest.guess import SAMPLE, guess_format
from audit.ingest.pull.cluster import Hit
from audit.ingest.receive.allowance import Guesses
from audit.ingest.receive.sorting import AUTO

#: what documents are read as where nothing is told: any JSON with a time and a message
OTHERWISE = "shipper_json"
_MOST_LOOKS = 1000
_shapes = Shapes()
_lines = Guesses[str](_MOST_LOOKS)


def by_shape(org: str, format_name: str, field: str, hits: Sequence[Hit]) -> dict[Shape, list[Hit]]:
    """Return shape → its documents, in their order; the organisation's own formats are known to the caller's block.

    Raises:
        UnknownFormatError: the format's name is none, or is not any more.
    """
    by_index: defaultdict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_index[hit.index].append(hit)
    found: defaultdict[Shape, list[Hit]] = defaultdict(list)
    for index, held in by_index.items():
        if field:
            found[_of_field(org, format_name, field, index, held)] += held
            continue
        documents = [hit.document for hit in held]
        for shape, places in _shapes.sort(org, index, format_name, documents).items():
            found[shape] += [held[place] for place in places]
    return found


def _of_field(org: str, format_name: str, field: str, index: str, held: Sequence[Hit]) -> Shape:
    if format_name != AUTO:
        return Shape(find_format(format_name).name, field)
    told = _lines.told((edition(), org, index, field), partial(_guessed, field, held))
    return Shape(told, field) if told else Shape(OTHERWISE)


def _guessed(field: str, held: Sequence[Hit]) -> str | None:
    lines, size = [], 0
    for hit in held:
        lines.append(Shape("", field).record(hit.document))
        size += len(lines[-1])
        if size > SAMPLE:
            break
    found = guess_format(b"\n".join(lines) + b"\n", ParseOptions())
    return found.name if found else None
