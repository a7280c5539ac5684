"""The operators a value may meet; one module each, and a register that refuses reuse of a name."""

from collections.abc import Mapping

from policies.protection.operators.base import Operator, Use
from policies.protection.operators.clear import CLEAR
from policies.protection.operators.encrypt import AES_GCM, SM4_GCM
from policies.protection.operators.partial import PARTIAL
from policies.protection.operators.suppress import SUPPRESS
from policies.protection.operators.token import TOKEN

OPERATORS: Mapping[str, Operator] = {one.name: one for one in (CLEAR, PARTIAL, TOKEN, AES_GCM, SM4_GCM, SUPPRESS)}

__all__ = ["OPERATORS", "Operator", "Use"]
