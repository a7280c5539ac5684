"""Keyed tokens: equal values give equal tokens for one purpose, in every table and every copy.

A token is the first 128 bits of HMAC-SM3 over purpose and value, in base 32. Without the key
nobody can try values; between purposes tokens cannot be joined. The type of the column is not
part of it: the same number is the same token wherever it stands.
"""

import base64

from policies.protection.operators.base import Operator, Use
from soc.crypto import Purpose, hmac_sm3

PREFIX = "tk"
_BYTES = 16


def token(value: str, use: Use) -> str:
    """Return the token of a value, 28 characters; an empty value stays empty."""
    if not value:
        return value
    key = use.ring.current(Purpose.PROTECTION_TOKENS).secret
    digest = hmac_sm3(key, use.purpose.encode() + b"\0" + value.encode("utf-8", "surrogatepass"))
    return PREFIX + base64.b32encode(digest[:_BYTES]).decode().rstrip("=").lower()


TOKEN = Operator("token", token, joins=True)
