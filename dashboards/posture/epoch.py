"""An instant as seconds since 1970, in SQL, on both engines."""

from typing import Any

from sqlalchemy import Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class Epoch(GenericFunction[float]):
    """``Epoch(column)``: seconds since 1970-01-01T00:00:00Z."""

    type = Float()
    inherit_cache = True
    name = "epoch"


@compiles(Epoch, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"(julianday({compiler.process(element.clauses, **kwargs)}) - 2440587.5) * 86400.0"


@compiles(Epoch, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"EXTRACT(EPOCH FROM {compiler.process(element.clauses, **kwargs)})"
