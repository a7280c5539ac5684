"""The connection to the cluster; what it says becomes our own errors, with what to mend."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from opensearchpy import OpenSearch
from opensearchpy import exceptions as refused

from soc.logstore.errors import StoreUnavailableError

TIMEOUT_SECONDS = 60
_RETRIES = 3


def connected(url: str) -> OpenSearch:
    """Return a client for one address or several, separated by commas; nothing is sent yet."""
    return OpenSearch(
        [one.strip() for one in url.split(",") if one.strip()],
        timeout=TIMEOUT_SECONDS,
        max_retries=_RETRIES,
        retry_on_timeout=True,
        pool_maxsize=4,
    )


def shown(url: str) -> str:
    """Return the address without name and password."""
    parts = urlsplit(url.split(",", maxsplit=1)[0])
    return f"{parts.scheme}://{parts.hostname}:{parts.port}" if parts.port else f"{parts.scheme}://{parts.hostname}"


@contextmanager
def talking(url: str) -> Iterator[None]:
    """Turn what the cluster refuses within into StoreUnavailableError."""
    try:
        yield
    except (refused.AuthenticationException, refused.AuthorizationException) as problem:
        raise StoreUnavailableError("errors.logstore.denied", url=shown(url)) from problem
    except refused.ConnectionError as problem:
        raise StoreUnavailableError("errors.logstore.away", url=shown(url)) from problem
    except refused.TransportError as problem:
        reason = _reason(problem)[:200]
        raise StoreUnavailableError(
            "errors.logstore.refused", status=str(problem.status_code), reason=reason
        ) from problem


def _reason(problem: refused.TransportError) -> str:
    told = problem.info.get("error") if isinstance(problem.info, dict) else None
    return str(told.get("reason", told)) if isinstance(told, dict) else str(problem.error)
