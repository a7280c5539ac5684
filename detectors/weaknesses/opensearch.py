"""Checks of OpenSearch: who may ask it, and over what."""

from collections.abc import Iterator

from sqlalchemy.engine import make_url

from detectors.discovery.sources.databases.opensearch_http import AnswerError, Client, LostError, is_tls
from detectors.weaknesses.values import Hit, NotCheckedError, Run, Store, StoreCheck

_KIND = frozenset({"opensearch"})
_GUIDE = "OpenSearch security documentation"
_SECONDS = 8.0
OLDEST_SUPPORTED = 2


def _client(store: Store, *, anonymous: bool = False) -> Client:
    url = make_url(store.address)
    asked = url.set(username=None, password=None) if anonymous else url
    return Client(asked, connect_seconds=_SECONDS, answer_seconds=_SECONDS)


def _anonymous(store: Store) -> Iterator[Hit]:
    try:
        _client(store, anonymous=True).get("/")
    except AnswerError:
        return
    except LostError as error:
        raise NotCheckedError("weak.unseen.lost") from error
    yield Hit("", {})


def _no_tls(store: Store) -> Iterator[Hit]:
    if not is_tls(make_url(store.address)):
        yield Hit("", {})


def _version(store: Store) -> Iterator[Hit]:
    try:
        version = _client(store).get("/").get("version", {})
    except (AnswerError, LostError) as error:
        raise NotCheckedError("weak.unseen.lost") from error
    number = str(version.get("number", "0"))
    own = version.get("distribution") == "opensearch"
    if not own or int(number.partition(".")[0] or 0) < OLDEST_SUPPORTED:
        yield Hit("", {"version": number, "ended": "–"})


def _unsecured(store: Store) -> Iterator[Hit]:
    try:
        _client(store).get("/_plugins/_security/api/account")
    except AnswerError as error:
        if error.status in {400, 404, 405}:
            yield Hit("", {})
    except LostError as error:
        raise NotCheckedError("weak.unseen.lost") from error


def _check(name: str, severity: int, run: Run) -> StoreCheck:
    return StoreCheck(f"os.{name}", _KIND, severity, _GUIDE, run)


CHECKS = (
    _check("anonymous", 4, _anonymous),
    _check("no_tls", 3, _no_tls),
    _check("no_security", 3, _unsecured),
    _check("end_of_life", 3, _version),
)
