"""Our operators for Presidio's anonymizer: what the text engine finds is protected by the same policy.

Presidio's own operators know no keyed token and no SM4; a text anonymised with these carries the
same tokens as the tables do.
"""

from typing import Any

from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import OperatorConfig, RecognizerResult
from presidio_anonymizer.operators import Operator as PresidioOperator
from presidio_anonymizer.operators import OperatorType

from policies.protection.decision import decide
from policies.protection.operators import OPERATORS, Use
from policies.protection.policy import ProtectionPolicy
from soc.crypto import KeyRing
from soc.identity.actor import Role
from soc.ledger.types import types

PREFIX = "guanlan_"
#: what stands where nothing is shown
GONE = "***"


def _operator(name: str) -> type[PresidioOperator]:
    def operate(self: PresidioOperator, text: str, params: dict[str, Any] | None = None) -> str:
        assert params is not None
        made = OPERATORS[name].apply(text, params["use"])
        return GONE if made is None else made

    def validate(self: PresidioOperator, params: dict[str, Any] | None = None) -> None:
        if not isinstance((params or {}).get("use"), Use):
            raise TypeError("the operator needs its use: keys, purpose and shape")

    body = {
        "operate": operate,
        "validate": validate,
        "operator_name": lambda _self: PREFIX + name,
        "operator_type": lambda _self: OperatorType.Anonymize,
    }
    return type(f"Guanlan{name.title().replace('_', '')}", (PresidioOperator,), body)


def anonymizer() -> AnonymizerEngine:
    """Return Presidio's anonymizer with our operators registered."""
    engine = AnonymizerEngine()  # type: ignore[no-untyped-call]
    for name in OPERATORS:
        engine.add_anonymizer(_operator(name))
    return engine


def operators_for(
    policy: ProtectionPolicy, ring: KeyRing, *, role: Role | None, purpose: str
) -> dict[str, OperatorConfig]:
    """Return, by Presidio's entity, the operator the policy chooses; what it does not know is suppressed."""
    chosen = {"DEFAULT": OperatorConfig(f"{PREFIX}suppress", {"use": Use(ring, purpose)})}
    for name, kind in types().items():
        operator = decide(policy, name, kind.level, role=role, purpose=purpose).operator
        use = Use(ring, purpose, policy.shape(name))
        chosen[kind.entity] = OperatorConfig(PREFIX + operator.name, {"use": use})
    return chosen


def protect_text(
    text: str,
    found: list[RecognizerResult],
    policy: ProtectionPolicy,
    ring: KeyRing,
    *,
    role: Role | None,
    purpose: str,
) -> str:
    """Return ``text`` with everything that was found in it protected by the policy."""
    operators = operators_for(policy, ring, role=role, purpose=purpose)
    made: str = anonymizer().anonymize(text=text, analyzer_results=found, operators=operators).text
    return made
