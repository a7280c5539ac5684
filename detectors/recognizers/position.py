"""Positions: two numbers in one value, or a pair of columns; China's bounding box, degrees or millionths."""

import re

#: China: 73.66–135.05 E, 3.86–53.55 N
LONGITUDES, LATITUDES = (73.0, 136.0), (3.5, 54.0)

_NUMBER = r"(-?\d{1,3}\.\d{2,})"
_PAIR = re.compile(
    rf"^\s*(?:SRID=\d+;)?(?:POINT\s*\(|[\[({{]?)\s*(?:[\"']?(?:lng|lon|longitude|lat|latitude|x|y)[\"']?\s*[:=]\s*)?[EeNn东经北纬:：]*\s*{_NUMBER}"
    rf"\s*°?[EeNn]?\s*[,，;；/|\s]+\s*(?:[\"']?(?:lng|lon|longitude|lat|latitude|x|y)[\"']?\s*[:=]\s*)?[EeNn东经北纬:：]*\s*{_NUMBER}\s*°?[EeNn]?\s*[\])}}]?\s*$",
    re.IGNORECASE,
)
_DEGREES = re.compile(
    r"^[EN东经北纬]*\s*\d{1,3}°\s*\d{1,2}[′'’]\s*[\d.]+[″\"”]?\s*[EN]?\s*[,， ]\s*[EN东经北纬]*\s*\d{1,3}°",
    re.IGNORECASE,
)
_LIKELY = re.compile(r"\d\.\d{2,}.*\d\.\d{2,}|°")
_FINE, _MILLIONTHS = re.compile(r"\d{1,3}\.\d{3,}"), re.compile(r"[1-9]\d{6,8}")
_FIX = re.compile(r"(\d{1,3}\.\d{2,})\s*[,， ]\s*(\d{1,3}\.\d{2,})")

LONGITUDE_NAMES = frozenset(
    {
        "lng", "lon", "long", "longitude", "lngitude", "longtitude", "jd", "jingdu", "gpslng", "gpslon", "gpsx", "posx", "coordx", "x坐标",
        "dwjd", "经度", "wgslng", "wgslon",
    }
)  # fmt: skip
LATITUDE_NAMES = frozenset(
    {
        "lat",
        "latitude",
        "latitute",
        "wd",
        "weidu",
        "gpslat",
        "gpsy",
        "posy",
        "coordy",
        "y坐标",
        "dwwd",
        "纬度",
        "wgslat",
    }
)


def _inside(value: float, box: tuple[float, float]) -> bool:
    return box[0] <= value <= box[1]


def is_pair(value: str) -> bool:
    """Whether one value holds a longitude and a latitude, in either order."""
    if len(value) > 80 or _LIKELY.search(value) is None:
        return False
    found = _PAIR.match(value)
    if found is None:
        return _DEGREES.match(value) is not None
    return _is_position(float(found.group(1)), float(found.group(2)))


def _is_position(first: float, second: float) -> bool:
    return (_inside(first, LONGITUDES) and _inside(second, LATITUDES)) or (
        _inside(second, LONGITUDES) and _inside(first, LATITUDES)
    )


def is_track(value: str) -> bool:
    """Whether one value holds three positions or more."""
    if len(value) <= 30:
        return False
    fixes = _FIX.findall(value)
    return len(fixes) >= 3 and all(_is_position(float(one), float(other)) for one, other in fixes[:3])


def on_axis(value: str, box: tuple[float, float]) -> bool:
    """Whether a value is fine-grained degrees within ``box``, or millionths of degrees (JT/T 808)."""
    if _FINE.fullmatch(value):
        return _inside(float(value), box)
    return _MILLIONTHS.fullmatch(value) is not None and _inside(int(value) / 1e6, box)


def axis_of(name: str, comment: str = "") -> str | None:
    """Whether a column's name or comment says longitude ("lon"), latitude ("lat") or neither."""
    from detectors.recognizers.hints import words

    for text in (name, comment):
        parts = [part for part in words(text) if not part.isdigit()]
        tails = {"".join(parts[-taken:]) for taken in (1, 2) if parts}
        if tails & LONGITUDE_NAMES or re.search(
            r"经度(?:坐标|值)?$|jingdu$|(?:^|[b-df-hj-np-tv-z]{2})jd$", text.lower()
        ):
            return "lon"
        if tails & LATITUDE_NAMES or re.search(r"纬度(?:坐标|值)?$|weidu$|(?:^|[b-df-hj-np-tv-z]{2})wd$", text.lower()):
            return "lat"
    return None
