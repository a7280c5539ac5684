"""Every algorithm this installation uses, what for and where in the code, and what is to be said of it.

``soc check`` prints a line for each: Chinese commercial ciphers (国密), those that are none, and weak ones.
A test reads all source and holds every call on cryptography against ``where``, both ways. What libraries
do inside a protocol (the log-in of a database, the signature of a bucket's request) is theirs.
"""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How an algorithm is judged; in the order in which it is told."""

    NATIONAL = "national"
    FOREIGN = "foreign"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Use:
    """One algorithm and what it is used for.

    ``why`` is a message id; ``where`` are the source files that call for it, below the root.
    """

    algorithm: str
    standing: Standing
    why: str
    where: tuple[str, ...]


def _national(algorithm: str, why: str, *where: str) -> Use:
    return Use(algorithm, Standing.NATIONAL, f"crypto.use.{why}", where)


def _foreign(algorithm: str, why: str, *where: str) -> Use:
    return Use(algorithm, Standing.FOREIGN, f"crypto.use.{why}", where)


def _weak(algorithm: str, why: str, *where: str) -> Use:
    return Use(algorithm, Standing.WEAK, f"crypto.use.{why}", where)


_CIPHERS_OF_COPIES = (
    "policies/protection/operators/encrypt.py",
    "detectors/masked_copies/ciphers.py",
    "detectors/masked_copies/commands.py",
)
_CACAO = "playbooks/cacao/algorithms.py"

USES = (
    _national(
        "SM3",
        "trail_digest",
        "soc/crypto/digests.py",
        "soc/trail/leaf.py",
        "soc/trail/record.py",
        "audit/trail/merkle.py",
        "audit/offline_verify.py",
    ),
    _national("SM3", "evidence_digest", "incidents/cases/evidence.py"),
    _national("HMAC-SM3", "trail_seal", "soc/crypto/digests.py", "soc/trail/leaf.py"),
    _national("HMAC-SM3", "tokens", "policies/protection/operators/token.py"),
    _national("HMAC-SM3", "subjects", "soc/subjects/tokens.py"),
    _national("HMAC-SM3", "entities", "detectors/findings.py"),
    _national("HMAC-SM3", "sketch_key", "detectors/discovery/sketches.py"),
    _national("SM4-GCM", "columns", "soc/crypto/sealing.py", *_CIPHERS_OF_COPIES),
    _foreign("AES-256-GCM", "keys", "soc/crypto/keyring.py"),
    _foreign("AES-256-GCM", "columns", *_CIPHERS_OF_COPIES),
    _foreign("AES-256-GCM", "originals", "soc/crypto/sealing.py", "audit/ingest/spool.py", "audit/evidence.py"),
    _foreign("AES-256-GCM", "evidence", "incidents/cases/evidence.py"),
    _foreign("AES-256-GCM", "trail_private", "soc/trail/record.py"),
    _foreign("AES-256-GCM", "places", "soc/ledger/sources.py", "soc/ledger/secrecy.py"),
    _foreign("AES-256-GCM", "pulls", "audit/ingest/pull/sealing.py"),
    _foreign("AES-SIV", "references", "soc/crypto/steady.py"),
    _foreign("AES-256-GCM", "watched", "detectors/watched/service.py"),
    _foreign("AES-256-GCM", "log_in", "soc/identity/login.py", "soc/web/account.py", "soc/web/login.py"),
    _foreign(
        "SHA-256",
        "trail_tree",
        "soc/trail/leaf.py",
        "audit/trail/merkle.py",
        "audit/trail/notes.py",
        "audit/trail/witness.py",
        "audit/offline_verify.py",
    ),
    _foreign("SHA-256", "bearers", "soc/identity/tokens.py", "soc/web/sessions.py"),
    _foreign("SHA-256", "login_names", "soc/identity/login.py"),
    _foreign("SHA-256", "approvals", "soc/approvals/service.py"),
    _foreign("SHA-256", "evidence_digest", "incidents/cases/evidence.py"),
    _foreign(
        "SHA-256",
        "batches",
        "audit/ingest/register.py",
        "audit/ingest/followers.py",
        "audit/ingest/bulk/service.py",
        "audit/ingest/events.py",
        "audit/ingest/enrich/shapes.py",
        "audit/ingest/bench.py",
        "audit/ingest/pull/indices.py",
        "audit/ingest/pull/buckets.py",
        "audit/originals/finding.py",
    ),
    _foreign("SHA-256", "bucket_requests", "audit/ingest/pull/s3.py"),
    _foreign("HMAC-SHA-256", "bucket_requests", "audit/ingest/pull/s3.py"),
    _foreign("SHA-256", "playbook_digest", "playbooks/service.py", _CACAO),
    _foreign("SHA-256", "backup", "audit/backup/archive.py"),
    _foreign(
        "SHA-256",
        "changes",
        "soc/ledger/own_types.py",
        "soc/logstore/duck.py",
        "soc/tiers/rowlevel.py",
        "soc/web/pages.py",
        "detectors/discovery/scanning/engine.py",
        "detectors/discovery/sources/databases/found.py",
        "detectors/discovery/sources/databases/postgresql_catalogue.py",
        "detectors/sigma/bursts.py",
        "detectors/sigma/edition.py",
        "detectors/sigma/sharing.py",
    ),
    _foreign("HMAC-SHA-256", "refusals", "soc/identity/refusals.py"),
    _foreign(
        "Ed25519",
        "trail_signature",
        "soc/crypto/signing.py",
        "audit/trail/log.py",
        "audit/trail/notes.py",
        "audit/trail/witness.py",
        "audit/offline_verify.py",
    ),
    _foreign("Ed25519", "playbook_signature", "playbooks/service.py", _CACAO),
    _foreign("SHA-512", "ed25519_by_hand", "audit/offline_verify.py"),
    # others sign with what CACAO names: we only check
    *(
        _foreign(algorithm, "playbook_check", _CACAO)
        for algorithm in ("RSA", "ECDSA", "Ed448", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512")
    ),
    _foreign("Argon2id", "passwords", "soc/identity/passwords.py"),
    _foreign("SipHash-2-4", "sketches", "detectors/discovery/sketches.py"),
    _foreign("TLS 1.2+", "tls_in", "audit/ingest/receive/sockets.py"),
    _foreign("TLS 1.2+", "tls_stores", "soc/db.py", "soc/logstore/cluster.py"),
    _foreign(
        "TLS 1.2+",
        "tls_sources",
        "detectors/discovery/sources/buckets.py",
        "detectors/discovery/sources/database.py",
        "detectors/discovery/sources/databases/dialect.py",
        "detectors/discovery/sources/databases/mysql.py",
        "detectors/discovery/sources/databases/opensearch_http.py",
        "detectors/masked_copies/copying.py",
        "detectors/discovery/scanning/bench.py",
        "soc/demo/write.py",
        "soc/demo/workload.py",
        "soc/demo/estate/write.py",
    ),
    _foreign("TLS 1.2+", "tls_pulls", "audit/ingest/pull/calling.py"),
    _foreign("TLS 1.2+", "tls_actions", "playbooks/actions/http_api.py", "playbooks/actions/lock_account.py"),
    _foreign(
        "getrandom",
        "random_keys",
        "soc/crypto/keyring.py",
        "soc/crypto/sealing.py",
        "soc/trail/record.py",
        "soc/identity/passwords.py",
        "soc/identity/tokens.py",
        "soc/web/account.py",
        "soc/web/csrf.py",
        "soc/web/headers.py",
        "soc/web/sessions.py",
        "soc/demo/workload.py",
    ),
    _foreign(
        "getrandom", "random_names", "soc/db.py", "soc/jobs.py", "soc/web/requestlog.py", "audit/ingest/pull/turn.py"
    ),
    # TOTP is HMAC-SHA-1 by RFC 6238; phones know nothing else
    _weak("HMAC-SHA-1", "totp", "soc/identity/login.py"),
    # a UUID of version 5 is SHA-1 by RFC 9562
    _weak("SHA-1", "uuids", "audit/ingest/bulk/routes.py", "detectors/sigma/bench.py"),
    _weak("CRC-32", "torn_writes", "audit/ingest/spool.py"),
    _weak("CRC-32", "demo_seeds", "soc/demo/table.py", "soc/demo/estate/numbers.py", "soc/demo/estate/plan.py"),
    _weak(
        "TLS (CERT_NONE)",
        "tls_unchecked",
        "detectors/discovery/sources/databases/opensearch_http.py",
        "audit/ingest/pull/calling.py",
    ),
)


def in_use(standing: Standing | None = None) -> tuple[Use, ...]:
    """Return the algorithms in use, all or those of one standing."""
    return tuple(use for use in USES if standing in (None, use.standing))
