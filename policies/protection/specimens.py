"""Invented values that show what a mask does; none is a real person's.

Numbers with a check digit are those of the standards' own examples.
"""

from collections.abc import Mapping

_SPECIMENS: Mapping[str, str] = {
    "resident_id": "11010519491231002X",
    "resident_id_15": "110105491231002",
    "passport": "E12345678",
    "mobile": "13800138000",
    "landline": "020-83730000",
    "email": "zhang.san@example.cn",
    "bank_card": "6222021234567890128",
    "bank_account": "44001234567890123456",
    "plate": "粤A12345",
    "plate_nev": "粤AD12345",
    "vin": "LSVAM4187C2184847",
    "person_name": "张三丰",
    "address": "广东省广州市越秀区白云路27号",
    "birth_date": "1980-01-02",
    "lonlat": "113.26435,23.12908",
    "trajectory": "113.26435,23.12908",
    "uscc": "91350100M000100Y43",
    "ip": "10.1.2.3",
    "mac": "00:1B:44:11:3A:B7",
    "driver_licence": "11010519491231002X",
    "practitioner_cert": "4401001234567890123",
}
_ANYTHING = "AB12345678"


def specimen(type_id: str | None) -> str:
    """Return an invented value of a type."""
    return _SPECIMENS.get(type_id or "", _ANYTHING)
