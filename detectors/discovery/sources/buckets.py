"""Buckets of S3-compatible stores: ``s3://[KEY:SECRET@]BUCKET/PREFIX?endpoint_override=http://HOST:PORT&region=…``.

The endpoint is judged like any host (:mod:`detectors.discovery.sources.pinning`) and, where no certificate needs
its name, called by the address that was judged. Keys come from the address or the environment and from nowhere
else: the library's own search would ask the metadata service of a cloud. Objects are read in ranges.
"""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qs, unquote, urlsplit

from detectors.discovery.finding import Skipped
from detectors.discovery.sources.base import (
    SourceRefusedError,
    SourceUnreachableError,
    Table,
    TableState,
    UnreadableError,
)
from detectors.discovery.sources.files import delta
from detectors.discovery.sources.files.handle import Handle, shown
from detectors.discovery.sources.files.selection import Selection
from detectors.discovery.sources.pinning import place_of
from soc.text import t

SCHEME = "s3://"
_OPTIONS = frozenset({"endpoint_override", "region", "scheme", "anonymous"})
_CONNECT, _REQUEST = 8, 60  # seconds
_AHEAD = 1 << 20  # bytes that are fetched at once


@dataclass(frozen=True, slots=True)
class Address:
    """A bucket's address, taken apart and judged; ``secret`` is never shown."""

    bucket: str
    prefix: str
    endpoint: str | None
    scheme: str
    region: str | None
    key: str | None = None
    secret: str | None = field(default=None, repr=False)


def is_bucket(address: str) -> bool:
    """Whether an address is a bucket's."""
    return address.lower().startswith(SCHEME)


def checked(address: str) -> Address:
    """Take an address apart.

    Raises:
        SourceRefusedError: it is none, has a stray option, or leads where nobody keeps data.
        SourceUnreachableError: its host has no address.
    """
    try:
        parts = urlsplit(address)
        given = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
    except ValueError as error:
        raise SourceRefusedError("errors.source.bad_bucket") from error
    stray = sorted(set(given) - _OPTIONS)
    if stray:
        raise SourceRefusedError("errors.source.option", option=stray[0])
    bucket = parts.netloc.rpartition("@")[2]
    if not bucket or "/" in bucket or ":" in bucket:
        raise SourceRefusedError("errors.source.bad_bucket")
    endpoint, scheme = _endpoint(given)
    key, secret = _keys(parts.username, parts.password, given)
    return Address(bucket, unquote(parts.path).strip("/"), endpoint, scheme, given.get("region"), key, secret)


def _endpoint(given: dict[str, str]) -> tuple[str | None, str]:
    """Where the store is, by the address that was judged, and whether by TLS."""
    override = given.get("endpoint_override")
    scheme = given.get("scheme", "https").lower()
    if override and "://" in override:
        scheme, _, override = override.partition("://")
    if scheme not in {"http", "https"}:
        raise SourceRefusedError("errors.source.scheme", scheme=scheme)
    if not override:
        place_of(f"s3.{given.get('region', 'us-east-1')}.amazonaws.com")
        return None, scheme
    try:
        host, port = (found := urlsplit(f"//{override.rstrip('/')}")).hostname, found.port
    except ValueError as error:
        raise SourceRefusedError("errors.source.bad_bucket") from error
    if not host or found.path or found.username:
        raise SourceRefusedError("errors.source.bad_bucket")
    place = place_of(host)
    # a certificate is made out to the name, so there the name has to stay
    name = host if scheme == "https" else place.addresses[0]
    name = f"[{name}]" if ":" in name else name
    return (f"{name}:{port}" if port else name), scheme


def _keys(username: str | None, password: str | None, given: dict[str, str]) -> tuple[str | None, str | None]:
    if given.get("anonymous", "").lower() in {"1", "true", "yes"}:
        return None, None
    if username and password:
        return unquote(username), unquote(password)
    return os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")


class Bucket:
    """A bucket being read."""

    def __init__(self, address: str) -> None:
        """Judge the address; nothing is asked of the store yet.

        Raises:
            SourceRefusedError: see :func:`checked`.
            SourceUnreachableError: see :func:`checked`.
        """
        self.address = checked(address)
        self._store = _store(self.address)
        self._root = "/".join(filter(None, (self.address.bucket, self.address.prefix)))

    def walk(self, select: Selection | None = None) -> Iterator[Handle | Table | Skipped]:
        """Every object below the prefix, folder by folder; a folder that is a Delta table is that.

        Raises:
            SourceUnreachableError: the store does not answer, or refuses us.
        """
        counted = (select or Selection()).counting()
        waiting = [self._root]
        found_any = False
        while waiting:
            folder = waiting.pop()
            entries = sorted(self._listed(folder), key=lambda one: str(one["name"]))
            folders = [str(one["name"]) for one in entries if one["type"] == "directory"]
            files = [one for one in entries if one["type"] == "file" and not str(one["name"]).endswith("/")]
            found_any = found_any or bool(entries)
            table = self._delta(folder) if f"{folder}/{delta.LOG}" in folders else None
            if table is not None:
                yield table
                continue
            for one in files:
                handle = self._handle(str(one["name"]), int(one["size"] or 0), str(one["mtime"]))
                if not counted.wanted(self._below(handle.path)):
                    continue
                if counted.spent(handle.size):
                    yield Skipped(self._shown(self._root), counted.reason())
                    return
                yield handle
            waiting += reversed(folders)
        if not found_any:
            yield from self._alone()

    def _alone(self) -> Iterator[Handle | Skipped]:
        """The prefix may be one object."""
        found = self.find(self._shown(self._root)) if self.address.prefix else None
        if isinstance(found, Handle):
            yield found
        else:
            yield Skipped(self._shown(self._root), t("discovery.skipped.nothing_there"))

    def find(self, path: str) -> Handle | Table | None:
        """What is at a path that :meth:`walk` gave; None where it is gone.

        Raises:
            SourceUnreachableError: the store does not answer, or refuses us.
        """
        name = path.removeprefix(SCHEME)
        with _reaching(self.address):
            if not self._store.exists(name):
                return None
            told = self._store.info(name)
        if told["type"] == "directory":
            return self._delta(name)
        return self._handle(name, int(told["size"] or 0), str(told.get("mtime")))

    def _listed(self, folder: str) -> list[dict[str, Any]]:
        with _reaching(self.address):
            try:
                return cast("list[dict[str, Any]]", self._store.ls(folder, detail=True))
            except FileNotFoundError:
                return []

    def _handle(self, name: str, size: int, changed: str) -> Handle:
        def opened() -> BinaryIO:
            with _reaching(self.address):
                return cast(BinaryIO, io.BufferedReader(_Ranges(self._store.open(name, "rb")), _AHEAD))

        return Handle(self._shown(name), size, opened, stamp=lambda: self._stamp(name), mark=f"{size}.{changed}")

    def _stamp(self, name: str) -> tuple[float, ...]:
        try:
            told = self._store.info(name)
        except OSError:
            return ()
        return float(told["size"] or 0), told["mtime"].timestamp() if told.get("mtime") else 0.0

    def _delta(self, folder: str) -> Table | None:
        logged = tuple(str(one["name"]).rsplit("/", 1)[-1] for one in self._listed(f"{folder}/{delta.LOG}"))
        if not delta.is_log(logged):
            return None

        def opened(name: str) -> Handle:
            if ".." in name.split("/") or "://" in name:  # a log may name any object of the store
                raise UnreadableError("errors.discovery.cannot_open", path=shown(name))
            found = self.find(f"{SCHEME}{folder}/{name}")
            if not isinstance(found, Handle):
                raise UnreadableError("errors.discovery.cannot_open", path=shown(name))
            return found

        return delta.table_of(delta.Folder(self._shown(folder), logged, opened))

    def _below(self, path: str) -> str:
        return path.removeprefix(f"{SCHEME}{self._root}").lstrip("/")

    def _shown(self, name: str) -> str:
        return shown(f"{SCHEME}{name}")


def state_of(file: Handle) -> TableState:
    """What the store says of an object: when it is as before, so is the object."""
    return TableState("", None, file.mark, file.size)


def _store(address: Address) -> Any:
    from fsspec.implementations.arrow import ArrowFSWrapper
    from pyarrow.fs import AwsStandardS3RetryStrategy, S3FileSystem

    given: dict[str, Any] = {"access_key": address.key, "secret_key": address.secret}
    if not (address.key and address.secret):
        given = {"anonymous": True}  # else the library would look for keys in places of its own
    if address.endpoint:
        given["endpoint_override"] = address.endpoint
    store = S3FileSystem(
        **given,
        scheme=address.scheme,
        region=address.region or "us-east-1",
        connect_timeout=_CONNECT,
        request_timeout=_REQUEST,
        retry_strategy=AwsStandardS3RetryStrategy(max_attempts=3),
        background_writes=False,
    )
    return ArrowFSWrapper(store, skip_instance_cache=True)


class _reaching:  # noqa: N801 - reads as what it guards
    """Say in one line what is wrong with a store; the library's words, which may hold keys, are not passed on."""

    def __init__(self, address: Address) -> None:
        self._address = address

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
            raise SourceUnreachableError(_reason(str(error)), host=self._address.bucket) from None


def _reason(told: str) -> str:
    told = told.upper()
    if any(word in told for word in ("SIGNATURE", "ACCESS_DENIED", "INVALID_ACCESS_KEY", "FORBIDDEN", "403")):
        return "errors.source.password"
    return "errors.source.no_bucket" if "NO_SUCH_BUCKET" in told else "errors.source.unreachable"


class _Ranges(io.RawIOBase):
    """A file of the store as the standard library wants one."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        return int(self._file.seek(place, whence) if whence else self._file.seek(place))

    def tell(self) -> int:
        return int(self._file.tell())

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()
