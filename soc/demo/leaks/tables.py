"""The databases of the trial: what tables there are, how many rows they have, and what is in their columns."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrialColumn:
    """A column with its sensitive type (None: none) and its grade, ``G1`` to ``G4``."""

    name: str
    type: str | None
    level: str


@dataclass(frozen=True, slots=True)
class TrialTable:
    """A table or a view of the province's cluster."""

    name: str
    rows: int
    columns: tuple[TrialColumn, ...]


#: of every column that is named alike: its type and grade
_KINDS: dict[str, tuple[str | None, str]] = {
    "sfzh": ("resident_id", "G4"), "xm": ("person_name", "G3"), "sjhm": ("mobile", "G3"), "yhkh": ("bank_card", "G4"),
    "cphm": ("plate", "G2"), "jtzz": ("address", "G3"), "csrq": ("birth_date", "G3"), "cyzgzh": ("practitioner_cert", "G3"),
    "jszh": ("driver_licence", "G3"), "etckh": ("etc_card", "G3"), "tjjl": ("health", "G4"), "dzyx": ("email", "G3"),
    "je": (None, "G2"), "gz": (None, "G3"), "lon": (None, "G2"), "lat": (None, "G2"),
}  # fmt: skip
#: central systems: table, rows, columns; what has no kind above is open to everybody inside (G1)
_CENTRAL = (
    ("practitioner.archive", 1_850_000, "id xm sfzh sjhm csrq jtzz cyzgzh zglb"),
    ("practitioner.archive_masked", 1_850_000, "id zglb xzqh zt"),
    ("practitioner.exam", 640_000, "id xm sfzh kskm cj"),
    ("practitioner.health_check", 310_000, "id xm sfzh tjjl"),
    ("practitioner.credit_score", 1_200_000, "id cyzgzh nd dj"),
    ("vehicle.transport_vehicle", 920_000, "id cphm cjh yhid nsrq hdzk"),
    ("vehicle.owner", 780_000, "id xm sfzh sjhm jtzz cphm"),
    ("vehicle.inspection", 2_400_000, "id cphm jcrq jl"),
    ("company.enterprise", 86_000, "id yhmc tyshxydm fddbr"),
    ("company.contact", 140_000, "id yhid xm sjhm dzyx"),
    ("toll.etc_user", 2_600_000, "id xm sfzh sjhm etckh cphm yhkh"),
    ("toll.gantry_pass", 41_000_000, "id cphm gantry_id pass_time je"),
    ("toll.exit_bill", 16_000_000, "id cphm etckh je exit_time"),
    ("toll.refund", 90_000, "id etckh yhkh je"),
    ("toll.blacklist", 52_000, "id cphm reason"),
    ("gnss.position", 88_000_000, "id cphm lon lat gps_time"),
    ("gnss.alarm", 3_100_000, "id cphm kind at"),
    ("overload.offsite", 1_700_000, "id cphm zz jcsj"),
    ("finance.voucher", 430_000, "id voucher_no payee je"),
    ("finance.payee", 24_000, "id xm yhkh sjhm"),
    ("finance.budget", 8_000, "id ksdm je nd"),
    ("hr.staff", 61_000, "gh xm sfzh sjhm bm rzrq"),
    ("hr.salary", 730_000, "gh yhkh gz month"),
    ("hr.training", 95_000, "gh kc cj"),
    ("port.ship", 31_000, "id ship_name mmsi gross_ton"),
    ("port.crew", 118_000, "id xm sfzh jszh ship_id"),
    ("port.port_call", 520_000, "id ship_id arrived_at berth"),
    ("port.cargo", 2_200_000, "id call_id box_no weight"),
    ("hotline.ticket", 1_100_000, "id xm sjhm cphm nr"),
    ("hotline.callback", 400_000, "id sjhm jg"),
    ("onestop.application", 45_000, "id xm sfzh sjhm sxmc"),
    ("onestop.material", 130_000, "id application_id name"),
    ("audit.access_review", 12_000, "id account at jl"),
    ("stat.monthly_passenger", 40_000, "id xzqh month kyl"),
    ("stat.monthly_freight", 40_000, "id xzqh month hyl"),
)  # fmt: skip
#: each city's own systems: schema ``c01`` to ``c21``
_OF_A_CITY = (
    ("permit", 120_000, "id xm sfzh sjhm sxmc slrq"),
    ("case_info", 60_000, "id ajbh cphm xm sfzh fkje larq"),
    ("taxi_driver", 18_000, "id xm sfzh cyzgzh cphm"),
    ("complaint", 26_000, "id xm sjhm nr"),
)
CITIES = 21


def city_schema(city: int) -> str:
    """Name the schema of the city that is numbered from 0."""
    return f"c{city + 1:02d}"


def trial_tables() -> list[TrialTable]:
    """Every table of the cluster, the province's and the cities'."""
    local = [
        (f"{city_schema(city)}.{name}", rows, columns) for city in range(CITIES) for name, rows, columns in _OF_A_CITY
    ]
    return [
        TrialTable(name, rows, tuple(_column(one) for one in columns.split()))
        for name, rows, columns in (*_CENTRAL, *local)
    ]


def _column(name: str) -> TrialColumn:
    kind, level = _KINDS.get(name, (None, "G1"))
    return TrialColumn(name, kind, level)
