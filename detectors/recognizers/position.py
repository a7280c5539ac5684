"""Positions: two numbers in one value, or a pair of columns; China's bounding box, degrees or millionths."""

import re

import polars as pl

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
_TRACK = re.compile(r"(?:\d{2,3}\.\d{2,}\s*[, ]\s*\d{1,3}\.\d{2,}.*?){3,}", re.DOTALL)

LONGITUDE_NAMES = frozenset(
    {"lng", "lon", "long", "longitude", "jd", "jingdu", "gpslng", "gpslon", "经度", "wgslng", "wgslon"}
)
LATITUDE_NAMES = frozenset({"lat", "latitude", "wd", "weidu", "gpslat", "纬度", "wgslat"})


def _inside(value: float, box: tuple[float, float]) -> bool:
    return box[0] <= value <= box[1]


def is_pair(value: str) -> bool:
    """Whether one value holds a longitude and a latitude, in either order."""
    found = _PAIR.match(value)
    if found is None:
        return _DEGREES.match(value) is not None
    first, second = float(found.group(1)), float(found.group(2))
    return (_inside(first, LONGITUDES) and _inside(second, LATITUDES)) or (
        _inside(second, LONGITUDES) and _inside(first, LATITUDES)
    )


def pairs(values: pl.Series) -> pl.Series:
    """Which values hold a position."""
    likely = values.str.contains(r"\d\.\d{2,}.*\d\.\d{2,}|°") & (values.str.len_chars() <= 80)
    return pl.Series(
        [bool(maybe) and is_pair(value) for maybe, value in zip(likely, values, strict=True)], dtype=pl.Boolean
    )


def is_track(value: str) -> bool:
    """Whether one value holds three positions or more."""
    return len(value) > 30 and _TRACK.search(value) is not None


def axis(values: pl.Series, box: tuple[float, float]) -> pl.Series:
    """Which values are fine-grained degrees within ``box``, or millionths of degrees (JT/T 808)."""
    fine = values.str.contains(r"^\d{1,3}\.\d{3,}$")
    degrees = values.cast(pl.Float64, strict=False)
    millionths = values.str.contains(r"^\d{7,9}$") & (degrees / 1e6).is_between(*box)
    return (fine & degrees.is_between(*box)).fill_null(value=False) | millionths.fill_null(value=False)


def axis_of(name: str) -> str | None:
    """Whether a column's name says longitude ("lon"), latitude ("lat") or neither."""
    from detectors.recognizers.hints import words

    parts = [part for part in words(name) if not part.isdigit()]
    tails = {"".join(parts[-taken:]) for taken in (1, 2) if parts}
    if tails & LONGITUDE_NAMES or re.search(r"经度$", name):
        return "lon"
    if tails & LATITUDE_NAMES or re.search(r"纬度$", name):
        return "lat"
    return None
