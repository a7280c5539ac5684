"""E-mail: its head and its text as running text, each attachment a file of its own; mailboxes message by message."""

import email
import re
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.policy import default

from detectors.discovery.sources.base import UnreadableError
from detectors.discovery.sources.files.document import Document, Passage, Place, Prose
from detectors.discovery.sources.files.encodings import charset_of
from detectors.discovery.sources.files.handle import INSIDE, Handle, of_bytes, parsing
from detectors.discovery.sources.files.html import plain
from detectors.discovery.sources.files.limits import Limits

_LIMIT = 256 << 20  # bytes of one message, which is held in memory
_HEAD = ("from", "to", "cc", "bcc", "reply-to", "subject", "date")
_KNOWN = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "us-ascii": "utf-8"}
_PARTS = 500


def contents(file: Handle, limits: Limits) -> Iterator[Document | Handle]:
    """The text of a message and its attachments.

    Raises:
        UnreadableError: it is too large, lies too deep, or is damaged.
    """
    limits.enter(file)
    if file.size > _LIMIT:
        raise UnreadableError("errors.discovery.too_large", path=file.name)
    with parsing(file), file.open() as opened:
        message = email.message_from_binary_file(opened, policy=default)
        assert isinstance(message, EmailMessage)
        texts, attached = _parts(file, message)
    yield Document(name=file.name, read=lambda _sampling: _prose(message, texts), path=file.path)
    for name, data in attached:
        limits.take(file.name)
        yield of_bytes(f"{file.path}{INSIDE}{name}", data)


def _parts(file: Handle, message: EmailMessage) -> tuple[list[str], list[tuple[str, bytes]]]:
    texts: list[str] = []
    attached: list[tuple[str, bytes]] = []
    # what is in a message that was forwarded is read with that message
    forwarded = {id(one) for part in message.walk() for inner in _inner(part) for one in inner.walk()}
    for number, part in enumerate(message.walk()):
        if number > _PARTS or part.is_multipart():
            if part.get_content_type() == "message/rfc822":
                attached += [(f"{number}.eml", inner.as_bytes()) for inner in _inner(part)]
            continue
        if id(part) in forwarded:
            continue
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes) or not data:
            continue
        name = part.get_filename()
        if name or part.get_content_maintype() != "text":
            attached.append((_named(name, number, part.get_content_subtype()), data))
        else:
            text = _decoded(file, data, part.get_content_charset())
            texts.append(plain(text) if part.get_content_subtype() == "html" else text)
    return texts, attached


def _inner(part: Message) -> list[Message]:
    """The messages that a part forwards."""
    content = part.get_payload()
    if part.get_content_type() != "message/rfc822" or not isinstance(content, list):
        return []
    return [one for one in content if isinstance(one, Message)]


def _named(name: str | None, number: int, kind: str) -> str:
    return re.sub(r"[/\\]", "_", name) if name else f"{number}.{re.sub(r'[^a-z0-9]', '', kind) or 'bin'}"


def _decoded(file: Handle, data: bytes, declared: str | None) -> str:
    """A part's text by the charset it names, or, where that is wrong, by its bytes."""
    name = (declared or "").lower()
    for known in filter(None, (_KNOWN.get(name, name), "utf-8")):
        try:
            return data.decode(known)
        except (UnicodeDecodeError, LookupError):
            continue
    try:
        return charset_of(of_bytes(file.path, data)).decode(data)
    except UnreadableError:
        return data.decode("utf-8", "replace")


def _prose(message: EmailMessage, texts: list[str]) -> Prose:
    def passages() -> Iterator[Passage]:
        head = [f"{name.title()}: {value}" for name in _HEAD for value in map(str, message.get_all(name, []))]
        subject = str(message.get("subject") or "")
        yield Passage(subject, Place.MARGIN)
        yield Passage("\n".join(head), Place.BODY)
        for text in texts:
            yield Passage(text, Place.START)

    return Prose(passages=passages(), rows=sum(text.count("\n") + 1 for text in texts))


def messages(file: Handle, limits: Limits) -> Iterator[Handle]:
    """The messages of a mailbox.

    Raises:
        UnreadableError: it lies too deep, or has too many messages.
    """
    limits.enter(file)
    number, gathered, size = 0, list[bytes](), 0
    with file.open() as opened:
        blank = True
        for line in opened:
            if blank and line.startswith(b"From ") and gathered:
                number += 1
                limits.take(file.name)
                yield of_bytes(f"{file.path}{INSIDE}{number}.eml", b"".join(gathered))
                gathered, size = [], 0
            elif not line.startswith(b"From ") or gathered:
                size += len(line)
                if size <= _LIMIT:
                    gathered.append(line[1:] if line.startswith(b">From ") else line)
            blank = not line.strip()
    if gathered:
        yield of_bytes(f"{file.path}{INSIDE}{number + 1}.eml", b"".join(gathered))
