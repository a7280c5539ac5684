"""Names that CACAO fixes, and the patterns of its identifiers and times (CS01, §10 and §11)."""

import re

SPEC_VERSION = "cacao-2.0"

_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
IDENTIFIER = re.compile(rf"[a-z][a-z0-9-]+[a-z0-9]--{_UUID}")
TIMESTAMP = re.compile(
    r"\d{4}-(0[1-9]|1[012])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?Z", re.ASCII
)
VARIABLE = re.compile(r"__[a-zA-Z_][a-zA-Z0-9_-]{0,199}__")
DICTIONARY_KEY = re.compile(r"[a-zA-Z0-9_-]{0,250}")

STEP_TYPES = frozenset(
    {
        "start",
        "end",
        "action",
        "playbook-action",
        "parallel",
        "if-condition",
        "while-condition",
        "switch-condition",
    }
)

COMMAND_TYPES = frozenset(
    {
        "manual",
        "bash",
        "caldera-cmd",
        "elastic",
        "http-api",
        "jupyter",
        "kestrel",
        "openc2-http",
        "powershell",
        "sigma",
        "ssh",
        "yara",
    }
)

#: agents and targets that are reached at an address
ADDRESSED = frozenset({"http-api", "linux", "net-address", "ssh"})
AGENT_TYPES = ADDRESSED | {"group", "individual", "location", "organization", "sector", "security-category"}
AUTHENTICATION_TYPES = frozenset({"http-basic", "oauth2", "user-auth"})
MARKING_TYPES = frozenset({"marking-tlp", "marking-iep", "marking-statement"})
TLP = frozenset({"TLP:RED", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:GREEN", "TLP:CLEAR"})

REGIONS = frozenset(
    (
        *("africa", "eastern-africa", "middle-africa", "northern-africa", "southern-africa", "western-africa"),
        *("americas", "caribbean", "central-america", "latin-america-caribbean", "northern-america", "south-america"),
        *("asia", "central-asia", "eastern-asia", "southern-asia", "south-eastern-asia", "western-asia"),
        *("europe", "eastern-europe", "northern-europe", "southern-europe", "western-europe", "antarctica"),
        *("oceania", "australia-new-zealand", "melanesia", "micronesia", "polynesia"),
    )
)


def is_identifier(value: object) -> bool:
    """Whether this is ``type--UUID``."""
    return isinstance(value, str) and IDENTIFIER.fullmatch(value) is not None


def kind_of(identifier: str) -> str:
    """Return the type an identifier begins with."""
    return identifier.rpartition("--")[0]
