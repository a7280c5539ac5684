"""The forms of a pull, read into what is ordered."""

from dataclasses import dataclass
from dataclasses import field as part
from datetime import timedelta
from typing import Any

from audit.ingest.pull.bucket import Wanted as WantedOfBucket
from audit.ingest.pull.indices import Wanted as WantedOfIndex
from audit.ingest.pull.models import LogPull, PullKind
from audit.ingest.pull.service import Order

_EVERY = {"least": 5, "most": 86400}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexForm:
    """A pull from an index; a secret that is left empty stays as it was."""

    name: str = part(metadata={"longest": 60})
    address: str = part(metadata={"longest": 500})
    index: str = part(metadata={"longest": 500})
    time_field: str = part(default="@timestamp", metadata={"longest": 200})
    filter: str = part(default="", metadata={"longest": 4000})
    field: str = part(default="", metadata={"longest": 200})
    format: str = part(default="auto", metadata={"longest": 80})
    since: str = part(default="", metadata={"longest": 40})
    overlap: int = part(default=600, metadata={"least": 0, "most": 86400})
    every: int = part(default=15, metadata=_EVERY)
    user: str = part(default="", metadata={"longest": 200})
    password: str = part(default="", metadata={"longest": 500}, repr=False)
    api_key: str = part(default="", metadata={"longest": 1000}, repr=False)
    authority: str = part(default="", metadata={"longest": 20000})
    no_verify: bool = False

    def order(self, org: str) -> Order:
        """Return what is ordered."""
        given = {"api_key": self.api_key} if self.api_key else {"user": self.user, "password": self.password}
        return Order(
            org=org, name=self.name, kind=PullKind.OPENSEARCH, address=self.address, target=self.index,
            wanted=WantedOfIndex(self.time_field, self.filter, self.overlap, self.since), format=self.format,
            field=self.field, authority=self.authority, verify=not self.no_verify,
            every=timedelta(seconds=self.every), secret=given if any(given.values()) else None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketForm:
    """A pull from a bucket; a secret that is left empty stays as it was."""

    name: str = part(metadata={"longest": 60})
    address: str = part(metadata={"longest": 500})
    bucket: str = part(metadata={"longest": 100})
    prefix: str = part(default="", metadata={"longest": 1024})
    region: str = part(default="us-east-1", metadata={"longest": 40})
    format: str = part(default="auto", metadata={"longest": 80})
    every: int = part(default=60, metadata=_EVERY)
    ordered: bool = False
    key: str = part(default="", metadata={"longest": 200})
    secret: str = part(default="", metadata={"longest": 500}, repr=False)
    authority: str = part(default="", metadata={"longest": 20000})
    no_verify: bool = False

    def order(self, org: str) -> Order:
        """Return what is ordered."""
        given = {"key": self.key, "secret": self.secret}
        return Order(
            org=org, name=self.name, kind=PullKind.BUCKET, address=self.address, target=self.bucket,
            wanted=WantedOfBucket(self.prefix, self.region, self.ordered), format=self.format,
            authority=self.authority, verify=not self.no_verify, every=timedelta(seconds=self.every),
            secret=given if any(given.values()) else None,
        )  # fmt: skip


FORMS: dict[PullKind, type[IndexForm] | type[BucketForm]] = {
    PullKind.OPENSEARCH: IndexForm,
    PullKind.BUCKET: BucketForm,
}


def typed(pull: LogPull) -> dict[str, Any]:
    """Return what stands in the form of a pull that is there; its secret does not."""
    return {
        "name": pull.name, "address": pull.address, "index": pull.target, "bucket": pull.target,
        "field": pull.field, "format": pull.format, "every": int(pull.every.total_seconds()),
        "authority": pull.authority, "no_verify": not pull.verify, **pull.options,
    }  # fmt: skip
