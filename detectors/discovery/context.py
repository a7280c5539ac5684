"""What the other columns of a table say: a name column beside an ID column is a person's name.

Types come in companies: what identifies a person, a vehicle, a ship, a device, a firm. A column that
its own values make one of a company supports the others of it; a day or a sex that agrees, row by
row, with the ID beside it is proof.
"""

from collections.abc import Sequence
from dataclasses import replace

from detectors.discovery.decide import KEPT, ranked
from detectors.discovery.relations import Agreement, Kind, Relations
from detectors.discovery.weighing import Candidate, joined

_COMPANIES: tuple[frozenset[str], ...] = (
    frozenset(
        {
            "person_name", "resident_id", "resident_id_15", "driver_licence", "passport", "mobile", "birth_date", "ethnic", "email", "address",
            "bank_card", "practitioner_cert", "driver_file_no", "social_card", "hkmo_permit_in", "hkmotw_residence", "foreign_pr", "tw_permit_in",
            "permit_out", "hkid", "twid", "military_id", "seafarer_book", "seafarer_cert", "medical_insurance", "nationality", "religion",
        }
    ),
    frozenset({"plate", "plate_nev", "vin", "engine_no", "road_transport_cert", "etc_card", "obu_id", "jt808_phone", "toll_pass_id"}),
    frozenset({"imei", "imsi", "iccid", "jt808_phone", "m2m_number", "mac", "ip"}),
    frozenset({"imo", "mmsi", "ship_id_cn", "ship_reg", "container"}),
    frozenset({"uscc", "org_code", "business_licence", "operating_licence", "landline", "licence_text"}),
    frozenset({"stake_no", "route_code", "bridge_code", "lonlat", "division_code"}),
)  # fmt: skip
#: how much a companion adds to what the values say
_COMPANION = 0.3
#: rows that agree by chance: days hardly ever, sexes in half of them
_AGREED = {Kind.BIRTH: (0.6, 3), Kind.SEX: (0.85, 12), Kind.PROVINCE: (0.6, 8)}
_AGREEMENT = 0.9

Table = Sequence[Sequence[Candidate]]


def informed(names: Sequence[str], table: Table, relations: Relations) -> list[list[Candidate]]:
    """Return each column's candidates with what the other columns add.

    Args:
        names: of the columns, in their order.
        table: each column's candidates, by themselves.
        relations: what columns say of one another, row by row.
    """
    leaders = [_leader(candidates) for candidates in table]
    agreeing = _agreements(relations)
    found = []
    for place, candidates in enumerate(table):
        beside = [(names[other], one) for other, one in enumerate(leaders) if one is not None and other != place]
        found.append([_agreed(_accompanied(one, beside), agreeing.get(names[place], {})) for one in candidates])
    return found


def _leader(candidates: Sequence[Candidate]) -> Candidate | None:
    """What a column is by itself, where that is beyond doubt."""
    best = ranked(candidates)[0] if candidates else None
    return best if best is not None and best.confidence >= 0.6 and (best.proven or best.supported) else None


def _accompanied(candidate: Candidate, beside: Sequence[tuple[str, Candidate]]) -> Candidate:
    """Raise a candidate whose values fit and which has company."""
    own = candidate.recognizer
    if candidate.doubted or candidate.fitting < 0.5 or candidate.confidence < KEPT / 2:
        return candidate
    for name, other in beside:
        kind = other.recognizer
        if kind.family != own.family and any(own.id in one and kind.id in one for one in _COMPANIES):
            raised = joined(candidate.confidence, _COMPANION * candidate.fitting)
            return replace(candidate, confidence=raised, neighbour=name or kind.id)
    return candidate


def _agreements(relations: Relations) -> dict[str, dict[Kind, str]]:
    """For each column, the columns that agree with it and in what; both sides know of it."""
    found: dict[str, dict[Kind, str]] = {}
    for (number, other, kind), agreement in relations.items():
        if _is_agreement(kind, agreement):
            found.setdefault(number, {})[kind] = other
            found.setdefault(other, {})[kind] = number
    return found


def _is_agreement(kind: Kind, agreement: Agreement) -> bool:
    share, rows = _AGREED[kind]
    return agreement.compared >= rows and agreement.share >= share


_NUMBERS = frozenset({"resident_id", "driver_licence", "hkmotw_residence", "practitioner_cert", "social_card"})


def _agreed(candidate: Candidate, agreeing: dict[Kind, str]) -> Candidate:
    """Raise what agrees row by row with another column: proof for the day, support for the number."""
    if not agreeing:
        return candidate
    own = candidate.recognizer.id
    if own == "birth_date" and Kind.BIRTH in agreeing and candidate.fitting:
        confidence = joined(candidate.confidence, _AGREEMENT)
        return replace(candidate, confidence=confidence, proven=True, neighbour=agreeing[Kind.BIRTH])
    if own == "division_code" and Kind.PROVINCE in agreeing and candidate.fitting:
        return replace(candidate, neighbour=agreeing[Kind.PROVINCE])
    if own in _NUMBERS and candidate.fitting and candidate.confidence >= KEPT / 2:
        return replace(candidate, neighbour=next(iter(agreeing.values())))
    return candidate
