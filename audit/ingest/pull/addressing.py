"""A pull's address as it is written on the command line: ``https://USER:PASSWORD@HOST:9200``, ``s3://KEY:SECRET@BUCKET/PREFIX?…``."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from audit.ingest.pull.models import PullKind
from soc.errors import InputError

_S3 = "s3"
_OPTIONS = frozenset({"endpoint_override", "region"})


@dataclass(frozen=True, slots=True)
class Written:
    """An address taken apart; ``secret`` None where none stands in it."""

    kind: PullKind
    address: str
    bucket: str = ""
    prefix: str = ""
    region: str = "us-east-1"
    secret: dict[str, str] | None = field(default=None, repr=False)


def read_address(text: str) -> Written:
    """Take an address apart; what is secret is kept beside it.

    Raises:
        InputError: it is none.
    """
    try:
        parts = urlsplit(text)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        host = parts.netloc.rpartition("@")[2]
        given = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
    except ValueError as error:
        raise InputError("pulls.error.address") from error
    if parts.scheme != _S3:
        secret = {"user": user, "password": password} if user else None
        return Written(PullKind.OPENSEARCH, parts._replace(netloc=host).geturl(), secret=secret)
    stray = sorted(set(given) - _OPTIONS)
    if stray:
        raise InputError("errors.source.option", option=stray[0])
    region = given.get("region", "us-east-1")
    endpoint = given.get("endpoint_override") or f"https://s3.{region}.amazonaws.com"
    endpoint = endpoint if "://" in endpoint else f"https://{endpoint}"
    secret = {"key": user, "secret": password} if user else None
    return Written(PullKind.BUCKET, endpoint, host, unquote(parts.path).lstrip("/"), region, secret)
