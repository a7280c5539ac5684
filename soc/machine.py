"""What a measurement ran on, as every bench prints it."""

import os
import platform


def machine() -> str:
    """The processor's kind, how many there are, and the Python."""
    return f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
