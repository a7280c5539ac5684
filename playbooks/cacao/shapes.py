"""The shapes of CACAO 2.0: what each object may and must hold (CS01, §3 to §10).

Open vocabularies stay open: a playbook type, an activity or an agent type outside the list is
no fault, as the specification allows; of an unknown type only what all have in common is checked.
"""

import re
from collections.abc import Iterator, Mapping

from playbooks.cacao.checks import (
    Check,
    Fault,
    Path,
    Shape,
    address,
    an_object,
    base64_text,
    flag,
    identifier,
    listing,
    mapping,
    matching,
    number,
    one_of,
    text,
    text_or_null,
    timestamp,
)
from playbooks.cacao.problem import Code
from playbooks.cacao.vocabulary import (
    DICTIONARY_KEY,
    IDENTIFIER,
    REGIONS,
    SPEC_VERSION,
    TLP,
    VARIABLE,
)

#: stands for the property that an object of an unknown type lacks
UNTYPED = "a known type"

_ANY_KEY = re.compile(r"[^\x00]*")
_EXTENSION_KEY = re.compile("extension-definition--.*")
_MARKING_KEY = re.compile(r"marking-(tlp|iep|statement)--.*")
_MAC = re.compile(r"[a-fA-F0-9]{2}(:[a-fA-F0-9]{2}){5}")

_some = listing(text, 1)
_ids = listing(identifier, 1)
_extensions = mapping(_EXTENSION_KEY, an_object, 1)
_headers = mapping(_ANY_KEY, listing(text))

REFERENCE = Shape(
    dict.fromkeys(("name", "description", "source", "url", "external_id", "reference_id"), text), frozenset({"name"})
)
_references = listing(REFERENCE, 1)

VARIABLE_SHAPE = Shape(
    {"type": text, "description": text, "value": text_or_null, "constant": flag, "external": flag},
    frozenset({"type"}),
    open=True,
)
_variables = mapping(VARIABLE, VARIABLE_SHAPE)

_texts = mapping(DICTIONARY_KEY, text)
CONTACT = Shape({"email": _texts, "phone": _texts, "contact_details": text})

LOCATION = Shape(
    {
        **dict.fromkeys(
            (
                "name",
                "description",
                "building_details",
                "network_details",
                "country",
                "administrative_area",
                "city",
                "street_address",
                "postal_code",
                "latitude",
                "longitude",
                "precision",
            ),
            text,
        ),
        "region": one_of(REGIONS),
    }
)

ADDRESS = Shape(
    {
        "url": listing(text),
        "dname": listing(text),
        "ipv4": listing(address(4)),
        "ipv6": listing(address(6)),
        "l2mac": listing(matching(_MAC, "aa:bb:cc:dd:ee:ff")),
        "vlan": listing(number(0, 4095)),
    }
)


class ByType:
    """An object whose ``type`` names its shape; of an unknown type ``other`` is checked."""

    def __init__(self, shapes: Mapping[str, Shape], other: Shape) -> None:
        """Name the shapes by type."""
        self.shapes = shapes
        self.other = other

    def __call__(self, value: object, path: Path) -> Iterator[Fault]:
        """Check ``value`` against the shape its type names."""
        kind = value.get("type") if isinstance(value, dict) else None
        yield from self.shapes.get(kind if isinstance(kind, str) else "", self.other)(value, path)


# Agents and targets (§7)

_target = Shape(
    {"type": text, "name": text, "description": text, "location": LOCATION, "agent_target_extensions": _extensions},
    frozenset({"type", "name"}),
)
_contact = _target.with_fields(contact=CONTACT)
_reached = _target.with_fields(frozenset({"address"}), address=ADDRESS, authentication_info=identifier, category=_some)
_with_port = _reached.with_fields(port=text)

TARGET = ByType(
    {
        "group": _contact,
        "individual": _contact,
        "organization": _contact,
        "location": _target.with_fields(logical=_some),
        "sector": _target.with_fields(frozenset({"sector"}), sector=text),
        "security-category": _target.with_fields(frozenset({"category"}), category=_some),
        "net-address": _with_port,
        "http-api": _with_port,
        "linux": _with_port,
        "ssh": _with_port,
    },
    Shape(_target.fields, _target.required, open=True),
)

# Authentication (§6)

_authentication = Shape(
    {
        "type": text,
        "name": text,
        "description": text,
        "authentication_info_extensions": _extensions,
        "kms": flag,
        "kms_key_identifier": text,
    },
    frozenset({"type"}),
)
AUTHENTICATION = ByType(
    {
        "http-basic": _authentication.with_fields(user_id=text, password=text),
        "user-auth": _authentication.with_fields(username=text, password=text),
        "oauth2": _authentication.with_fields(frozenset({"oauth_header", "token"}), oauth_header=text, token=text),
    },
    Shape(_authentication.fields, _authentication.required, open=True),
)

# Commands (§5)

_command = Shape(
    {
        **dict.fromkeys(("type", "description", "version", "playbook_activity"), text),
        "external_references": listing(REFERENCE),
    },
    frozenset({"type"}),
)
_typed = _command.with_fields(command=text, command_b64=base64_text)
_encoded = _command.with_fields(frozenset({"command_b64"}), command_b64=base64_text)
_http = _command.with_fields(frozenset({"command"}), command=text, headers=_headers, content_b64=base64_text)
COMMAND = ByType(
    {
        **dict.fromkeys(("manual", "bash", "caldera-cmd", "powershell", "ssh"), _typed),
        **dict.fromkeys(("elastic", "jupyter", "kestrel", "sigma", "yara"), _encoded),
        "http-api": _http.with_fields(content=text),
        "openc2-http": _http.with_fields(frozenset({"content_b64"})),
    },
    Shape(_command.fields, _command.required, open=True),
)

# Workflow steps (§4)

_bare_step = Shape(
    {
        "type": text,
        "name": text,
        "description": text,
        "external_references": _references,
        "delay": number(1),
        "timeout": number(),
        "step_variables": _variables,
        "owner": identifier,
        "step_extensions": _extensions,
    },
    frozenset({"type"}),
)
_step = _bare_step.with_fields(on_completion=identifier, on_success=identifier, on_failure=identifier)
_passes_values = _step.with_fields(in_args=_some, out_args=_some)
STEP = ByType(
    {
        "start": _bare_step.with_fields(on_completion=identifier),
        "end": _bare_step,
        "action": _passes_values.with_fields(
            frozenset({"commands", "agent"}), commands=listing(COMMAND, 1), agent=identifier, targets=_ids
        ),
        "playbook-action": _passes_values.with_fields(
            frozenset({"playbook_id"}), playbook_id=identifier, playbook_version=timestamp
        ),
        "parallel": _step.with_fields(frozenset({"next_steps"}), next_steps=listing(identifier, 2)),
        "if-condition": _step.with_fields(
            frozenset({"condition", "on_true"}), condition=text, on_true=identifier, on_false=identifier
        ),
        "while-condition": _step.with_fields(frozenset({"condition", "on_true"}), condition=text, on_true=identifier),
        "switch-condition": _step.with_fields(
            frozenset({"switch", "cases"}), switch=text, cases=mapping(DICTIONARY_KEY, identifier)
        ),
    },
    _step.with_fields(frozenset({UNTYPED})),
)

# Data markings (§8) and extensions (§9)

_marking = Shape(
    {
        **dict.fromkeys(("type", "name", "description"), text),
        **dict.fromkeys(("id", "created_by"), identifier),
        **dict.fromkeys(("created", "valid_from", "valid_until"), timestamp),
        "revoked": flag,
        "labels": _some,
        "external_references": _references,
        "marking_extensions": _extensions,
    },
    frozenset({"type", "id", "created_by", "created"}),
)
_iep_texts = (
    "tlp",
    "encrypt_in_transit",
    "permitted_actions",
    "affected_party_notifications",
    "attribution",
    "unmodified_resale",
)


def _end_date(value: object, path: Path) -> Iterator[Fault]:
    if value is not None:
        yield from timestamp(value, path)


_iep: dict[str, Check] = {
    **dict.fromkeys(_iep_texts, text),
    "iep_version": number(),
    "start_date": timestamp,
    "end_date": _end_date,
    "external_references": listing(text),
}
MARKING = ByType(
    {
        "marking-tlp": _marking.with_fields(frozenset({"tlpv2_level"}), tlpv2_level=one_of(TLP)),
        "marking-statement": _marking.with_fields(frozenset({"statement"}), statement=text),
        "marking-iep": _marking.with_fields(frozenset(_iep) | {"name", "description"}, **_iep),
    },
    _marking.with_fields(frozenset({UNTYPED})),
)

EXTENSION = Shape(
    {
        "type": one_of(frozenset({"extension-definition"})),
        "created_by": identifier,
        "external_references": listing(REFERENCE),
        **dict.fromkeys(("name", "description", "schema", "version"), text),
    },
    frozenset({"type", "name", "created_by", "schema", "version"}),
)

# Signatures (§10.13)

_KEYS = ("public_key", "public_cert_chain", "cert_url", "thumbprint")


class SignatureShape:
    """A signature, which may carry a counter-signature of the same shape."""

    def __call__(self, value: object, path: Path) -> Iterator[Fault]:
        """Check one signature; exactly one property says whose key made it."""
        yield from _signature(value, path)
        if isinstance(value, dict) and len(value.keys() & set(_KEYS)) != 1:
            yield Fault((*path, "public_key"), Code.MISSING, " | ".join(_KEYS))


def _countersigned(value: object, path: Path) -> Iterator[Fault]:
    yield from SIGNATURE(value, path)


_signature = Shape(
    {
        "type": one_of(frozenset({"jss"})),
        **dict.fromkeys(("id", "created_by", "related_to"), identifier),
        **dict.fromkeys(("created", "modified", "valid_from", "valid_until", "related_version"), timestamp),
        **dict.fromkeys(
            ("signee", "hash_algorithm", "algorithm", "public_key", "cert_url", "thumbprint", "value"), text
        ),
        "public_cert_chain": _some,
        "revoked": flag,
        "signature": _countersigned,
    },
    frozenset(
        {
            *("type", "id", "created", "modified", "signee"),
            *("related_to", "related_version", "hash_algorithm", "algorithm", "value"),
        }
    ),
)
SIGNATURE: Check = SignatureShape()

# The playbook (§3)

_SUMMARY = Shape(
    dict.fromkeys(
        (
            "manual_playbook",
            "external_playbooks",
            "parallel_processing",
            "if_logic",
            "while_logic",
            "switch_logic",
            "temporal_logic",
            "data_markings",
            "digital_signatures",
            "countersigned_signatures",
            "extensions",
        ),
        flag,
    )
)
_percent = number(0, 100)

PLAYBOOK = Shape(
    {
        "type": one_of(frozenset({"playbook"})),
        "spec_version": one_of(frozenset({SPEC_VERSION})),
        **dict.fromkeys(("id", "created_by", "workflow_start", "workflow_exception"), identifier),
        **dict.fromkeys(("name", "description"), text),
        **dict.fromkeys(("created", "modified", "valid_from", "valid_until"), timestamp),
        **dict.fromkeys(("priority", "severity", "impact"), _percent),
        "playbook_types": listing(text),
        **dict.fromkeys(("playbook_activities", "industry_sectors", "labels"), _some),
        "playbook_processing_summary": _SUMMARY,
        "revoked": flag,
        **dict.fromkeys(("derived_from", "related_to", "markings"), _ids),
        "external_references": _references,
        "playbook_variables": _variables,
        "workflow": mapping(IDENTIFIER, STEP),
        "playbook_extensions": _extensions,
        "authentication_info_definitions": mapping(IDENTIFIER, AUTHENTICATION, 1),
        "agent_definitions": mapping(IDENTIFIER, TARGET, 1),
        "target_definitions": mapping(IDENTIFIER, TARGET, 1),
        "extension_definitions": mapping(_EXTENSION_KEY, EXTENSION),
        "data_marking_definitions": mapping(_MARKING_KEY, MARKING),
        "signatures": listing(SIGNATURE, 1),
    },
    frozenset(
        ("type", "spec_version", "id", "name", "created_by", "created", "modified", "workflow_start", "workflow")
    ),
)
