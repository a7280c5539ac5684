"""Encrypting columns of a copy, and getting the values back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policies.protection.copies.plan import ColumnFact, Plan, TableFact, Treatment
from policies.protection.decision import Decision
from policies.protection.operators import OPERATORS, Operator, Use
from policies.protection.operators.base import ONE_EACH_SIDE
from policies.protection.operators.encrypt import decrypt, is_encrypted
from soc.crypto import Cipher
from soc.errors import InputError

WHY = {"zh": "按命令加密或解密", "en": "Encrypted or decrypted by command"}
#: purpose the columns of a copy are encrypted for, unless another is named
STORAGE = "storage"
_CIPHERS = {Cipher.AES_256_GCM: "aes_gcm", Cipher.SM4_GCM: "sm4_gcm"}


@dataclass(frozen=True, slots=True)
class ColumnOrder:
    """A column to encrypt, in one table or (``table`` None) in each that has it."""

    column: str
    table: str | None = None

    @classmethod
    def parse(cls, text: str) -> "ColumnOrder":
        """Read ``table.column`` or ``column``; the last dot parts them."""
        table, _, column = text.rpartition(".")
        return cls(column, table or None)

    def names(self, table: str, column: str) -> bool:
        """Tell whether the order speaks of this column; a table's schema may be left out."""
        return column == self.column and self.table in {None, table, table.rpartition(".")[2]}


def encryption(tables: Sequence[TableFact], orders: Iterable[ColumnOrder], cipher: Cipher, purpose: str) -> Plan:
    """Plan a copy in which the named columns are encrypted.

    Raises:
        InputError: a name fits no column.
    """
    ordered = tuple(orders)
    places = [(table.name, column.name) for table in tables for column in table.columns]
    for order in ordered:
        if not any(order.names(*place) for place in places):
            raise InputError("errors.protection.no_column", column=order.column)
    chosen, clear = OPERATORS[_CIPHERS[cipher]], OPERATORS["clear"]
    named = {place: any(order.names(*place) for order in ordered) for place in places}
    return Plan(purpose, {place: _treatment(place[1], chosen if hit else clear) for place, hit in named.items()})


def decryption(tables: Sequence[TableFact], purpose: str) -> Plan:
    """Plan a copy in which every encrypted value is opened."""
    return Plan(
        purpose, {(one.name, column.name): _treatment(column.name, OPEN) for one in tables for column in one.columns}
    )


def _treatment(column: str, operator: Operator) -> Treatment:
    return Treatment(ColumnFact(column), Decision(operator, None, WHY), ONE_EACH_SIDE)


def _open(value: str, use: Use) -> str:
    return decrypt(value, use) if is_encrypted(value) else value


OPEN = Operator("open", _open, joins=True, opens=True)
