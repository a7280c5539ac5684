"""Reads source for every call on cryptography: what the list of algorithms is held against.

Modules that do cryptography are watched whole. A name of theirs that this table does not know is
reported by that name, so that a new primitive cannot pass for none.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOMS = ("config", "soc", "policies", "audit", "detectors", "incidents", "playbooks", "dashboards")

TLS, UNCHECKED, RANDOM = "TLS 1.2+", "TLS (CERT_NONE)", "getrandom"
HAZMAT = "cryptography.hazmat.primitives"
_DIGESTS = {"sha1": "SHA-1", "sha224": "SHA-224", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
_DIGESTS |= {f"sha3_{size}": f"SHA3-{size}" for size in (224, 256, 384, 512)} | {"md5": "MD5"}
_HASHES = {"SM3": "SM3", "SHA1": "SHA-1", "MD5": "MD5"} | {f"SHA{size}": f"SHA-{size}" for size in (224, 256, 384, 512)}

#: everything below these is watched
_WATCHED = (
    "hashlib", "hmac", "secrets", "ssl", "zlib", "binascii", "uuid.uuid3", "uuid.uuid5", "os.urandom", "crypt",
    "random.SystemRandom", "http.client.HTTPSConnection", "urllib.request", "smtplib", "ftplib", "imaplib", "poplib",
    "argon2", "cryptography", "gmssl", "gmssl_pyx", "fastfpe", "Crypto", "nacl", "bcrypt", "passlib", "pyotp",
    "webauthn", "jwt", "itsdangerous", "werkzeug.security", "paramiko", "requests", "httpx", "urllib3", "boto3",
    "opensearchpy", "psycopg.connect", "pymysql.connect", "sqlalchemy.create_engine", "pyarrow.fs.S3FileSystem",
    "soc.crypto",
)  # fmt: skip

#: a name, and what it stands for; "" where it is no algorithm. The longest name that fits counts.
_NAMES: dict[str, str] = {
    **{f"hashlib.{name}": algorithm for name, algorithm in _DIGESTS.items()},
    "hmac.compare_digest": "",
    "secrets": RANDOM,
    "secrets.compare_digest": "",
    "os.urandom": RANDOM,
    "ssl": "",
    "ssl.SSLContext": TLS,
    "ssl.create_default_context": TLS,
    "ssl.CERT_NONE": UNCHECKED,
    "ssl._create_unverified_context": UNCHECKED,
    "http.client.HTTPSConnection": TLS,
    "opensearchpy": "",
    "opensearchpy.OpenSearch": TLS,
    # libraries of databases and buckets speak TLS where the address says so
    "psycopg.connect": TLS,
    "pymysql.connect": TLS,
    "sqlalchemy.create_engine": TLS,
    "pyarrow.fs.S3FileSystem": TLS,
    "urllib.request": "",
    "urllib3": "",
    "urllib3.HTTPSConnectionPool": TLS,
    "zlib": "",
    "zlib.crc32": "CRC-32",
    "zlib.adler32": "Adler-32",
    "binascii": "",
    "binascii.crc32": "CRC-32",
    "uuid.uuid3": "MD5",
    "uuid.uuid5": "SHA-1",
    "argon2.PasswordHasher": "Argon2id",
    "argon2.exceptions": "",
    "cryptography.exceptions": "",
    "cryptography.x509": "",
    f"{HAZMAT}.serialization": "",
    f"{HAZMAT}.constant_time": "",
    f"{HAZMAT}.asymmetric.utils": "",
    **{f"{HAZMAT}.hashes.{name}": algorithm for name, algorithm in _HASHES.items()},
    f"{HAZMAT}.hashes.Hash": "",
    f"{HAZMAT}.hashes.HashAlgorithm": "",
    # the ring's keys have 32 bytes
    f"{HAZMAT}.ciphers.aead.AESGCM": "AES-256-GCM",
    f"{HAZMAT}.ciphers.aead.AESSIV": "AES-SIV",
    f"{HAZMAT}.asymmetric.ed25519": "Ed25519",
    f"{HAZMAT}.asymmetric.ed448": "Ed448",
    f"{HAZMAT}.asymmetric.ec": "ECDSA",
    f"{HAZMAT}.asymmetric.rsa": "RSA",
    f"{HAZMAT}.asymmetric.padding": "RSA",
    # ours, where others ask for them
    "soc.crypto": "",
    **{f"soc.crypto{part}.{name}": "AES-256-GCM" for part in ("", ".sealing") for name in ("seal", "unseal")},
    **{f"soc.crypto{part}.Cipher.SM4_GCM": "SM4-GCM" for part in ("", ".sealing")},
    **{f"soc.crypto{part}.Cipher.AES_256_GCM": "AES-256-GCM" for part in ("", ".sealing")},
    **{f"soc.crypto{part}.sm3": "SM3" for part in ("", ".digests")},
    **{f"soc.crypto{part}.hmac_sm3": "HMAC-SM3" for part in ("", ".digests")},
    **{f"soc.crypto{part}.signing_key": "Ed25519" for part in ("", ".signing")},
    "soc.crypto.signing.signing_keys": "Ed25519",
    "soc.crypto.signing.verified": "Ed25519",
    # written by hand
    "detectors.discovery.sketches.siphash": "SipHash-2-4",
    "audit.offline_verify.sm3": "SM3",
    "audit.offline_verify.signed": "Ed25519",
}
#: calls that make a keyed digest, with the position and name of what says by which hash
_KEYED = {"hmac.new": (2, "digestmod"), "hmac.digest": (2, "digest"), f"{HAZMAT}.hmac.HMAC": (1, "algorithm")}
_CIPHER = f"{HAZMAT}.ciphers.Cipher"


def uses_in(root: Path) -> set[tuple[str, str]]:
    """Return (algorithm, path below ``root``) of everything the rooms below it call for."""
    return {
        (algorithm, path.relative_to(root).as_posix())
        for room in ROOMS
        for path in sorted((root / room).rglob("*.py"))
        for algorithm in _used(path, ".".join(path.relative_to(root).with_suffix("").parts))
    }


def _used(path: Path, module: str) -> set[str]:
    reader = _Reader(module, ast.parse(path.read_text(encoding="utf-8")))
    return reader.found


class _Reader(ast.NodeVisitor):
    """Gathers the algorithms that one module names."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.found: set[str] = set()
        self._known = dict(_own(module, tree)) | dict(_imported(tree))
        self.visit(tree)

    def visit_Name(self, node: ast.Name) -> None:
        self._take(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if self._name(node) is None:
            self.generic_visit(node)
        self._take(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = self._name(node.func)
        if name in _KEYED:
            hashed = _argument(node, *_KEYED[name])
            self.found.add(f"HMAC-{self._digest(hashed)}")
            self._visit_but(node, hashed)
        elif name == _CIPHER:
            self.found.add("-".join(_last(part) for part in node.args))
            self._visit_but(node, *node.args)
        else:
            self.generic_visit(node)

    def _visit_but(self, node: ast.Call, *seen: ast.expr | None) -> None:
        for part in (*node.args, *(word.value for word in node.keywords)):
            if part not in seen:
                self.visit(part)

    def _digest(self, node: ast.expr | None) -> str:
        if isinstance(node, ast.Constant):
            return _DIGESTS.get(str(node.value), str(node.value))
        name = None if node is None else self._name(node.func if isinstance(node, ast.Call) else node)
        return "?" if name is None else _meaning(name)

    def _take(self, node: ast.expr) -> None:
        name = self._name(node)
        if name is not None and (meaning := _meaning(name)):
            self.found.add(meaning)

    def _name(self, node: ast.expr) -> str | None:
        """The full dotted name, None where it is of nothing imported or defined here."""
        if isinstance(node, ast.Name):
            return self._known.get(node.id)
        if isinstance(node, ast.Attribute):
            before = self._name(node.value)
            return None if before is None else f"{before}.{node.attr}"
        return None


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (
                (one.asname, one.name) if one.asname else (_first(one.name), _first(one.name)) for one in node.names
            )
        elif isinstance(node, ast.ImportFrom):
            yield from ((one.asname or one.name, f"{node.module}.{one.name}") for one in node.names)


def _first(name: str) -> str:
    return name.partition(".")[0]


def _own(module: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    yield from ((node.name, f"{module}.{node.name}") for node in tree.body if isinstance(node, ast.FunctionDef))


def _meaning(name: str) -> str:
    """The algorithm, "" where the name is of none, the name itself where it is watched and unknown."""
    parts = name.split(".")
    heads = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
    fits = next((head for head in heads if head in _NAMES), None)
    if fits is not None:
        return _NAMES[fits]
    return name if any(head in _WATCHED for head in heads) else ""


def _argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    named = next((word.value for word in call.keywords if word.arg == name), None)
    return call.args[place] if len(call.args) > place else named


def _last(node: ast.expr) -> str:
    """``SM4`` of ``algorithms.SM4(key)``."""
    named = node.func if isinstance(node, ast.Call) else node
    return named.attr if isinstance(named, ast.Attribute) else ast.unparse(named)
