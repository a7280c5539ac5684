"""What an answer holds, however it is packed: archives, workbooks and compressed files are taken apart."""

import gzip
import io
import zipfile

from werkzeug.test import TestResponse


def words_of(answer: TestResponse) -> str:
    """Return all text of an answer; of a packed one the names and the text of its members."""
    return _unpacked(answer.get_data())


def is_download(answer: TestResponse) -> bool:
    """Whether the answer is a file to keep."""
    return answer.headers.get("Content-Disposition", "").startswith("attachment")


def _unpacked(body: bytes) -> str:
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(f"{name}\n{_unpacked(archive.read(name))}" for name in archive.namelist())
    if body.startswith(b"\x1f\x8b"):
        return _unpacked(gzip.decompress(body))
    return body.decode("utf-8", "replace")
