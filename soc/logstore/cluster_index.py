"""The data stream of the cluster: its mapping is made from the event schema, nothing is guessed."""

from collections.abc import Mapping

from soc.logstore.fields import FIELDS, WORDS, Field, Kind
from soc.logstore.port import PAGE_LIMIT

_ANALYZER = "guanlan_words"
_TOKENIZER = "guanlan_blanks"
#: characters of UTF-16; our longest word has 4,096 characters, two each at most
_LONGEST_TOKEN = 8_192

_TYPES: Mapping[Kind, Mapping[str, object]] = {
    Kind.KEYWORD: {"type": "keyword"},
    # doc values would refuse texts over 32,766 bytes; without them matches are verified on the source
    Kind.TEXT: {"type": "wildcard", "doc_values": False},
    Kind.WHOLE: {"type": "long"},
    Kind.FLAG: {"type": "boolean"},
    # microseconds: the cluster's own date knows no more than milliseconds
    Kind.INSTANT: {"type": "long"},
}

SETTINGS: Mapping[str, object] = {
    "index.auto_expand_replicas": "0-1",
    "index.refresh_interval": "1s",
    # a page and one event more, which tells whether there is a next page
    "index.max_result_window": PAGE_LIMIT + 1,
    "index.mapping.total_fields.limit": 500,
    "analysis.analyzer": {_ANALYZER: {"type": "custom", "tokenizer": _TOKENIZER}},
    "analysis.tokenizer": {_TOKENIZER: {"type": "whitespace", "max_token_length": _LONGEST_TOKEN}},
}


def properties() -> dict[str, object]:
    """Return the mapping of every column, ``@timestamp`` that a data stream asks for, and the words."""
    words = {"type": "text", "analyzer": _ANALYZER, "norms": False}
    return {"@timestamp": {"type": "date"}, WORDS: words} | {f.name: _mapped(f) for f in FIELDS.values()}


def template(stream: str, shards: int) -> dict[str, object]:
    """Return the index template of a stream whose indices have so many primary shards."""
    mappings = {"dynamic": "strict", "properties": properties()}
    return {
        "index_patterns": [stream],
        "data_stream": {},
        "priority": 500,
        "template": {"settings": {"index.number_of_shards": shards, **SETTINGS}, "mappings": mappings},
    }


def _mapped(field: Field) -> dict[str, object]:
    return dict(_TYPES[field.kind])
