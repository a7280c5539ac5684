"""The machine: what a measurement ran on, as every bench prints it, and how many threads a process takes of it."""

import atexit
import ctypes
import gc
import os
import platform
import resource
import sys
from contextlib import suppress
from pathlib import Path

#: the variable by which polars is told
THREADS = "POLARS_MAX_THREADS"
#: of malloc.h
_M_MMAP_THRESHOLD = -3


def machine() -> str:
    """The processor's kind, how many there are, and the Python."""
    return f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"


def take_little() -> None:
    """Set up this process for small pieces of work, many of them: call it before polars is imported.

    - Polars works in the thread that calls it, unless whoever started the process says otherwise: what the product does
      much of it does in several processes or threads already, and handing small pieces to a pool of threads cost a tenth
      of the processor time of ingest and won no time by the clock.
    - Memory that was freed goes back to the system: at once where a block was a mebibyte or more, after a moment in
      polars' own allocator, of which all threads share one arena. By default both keep it; a process that takes in logs
      held 80 MiB more, and with seconds instead of a moment and an arena for each few threads still 60 MiB more, for no
      less processor time.
    """
    os.environ.setdefault(THREADS, "1")
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:150,muzzy_decay_ms:0,narenas:1")
    with suppress(AttributeError, OSError):  # only glibc has it
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 1 << 20)


def settle() -> None:
    """Take what this process has made so far as its own for good: call it when a server is ready and before it serves.

    Python's collector walked all of the application and its libraries, some 330,000 objects, whenever enough new ones
    had outlived their first rounds: 0.2 s in the middle of somebody's page. What is settled is not walked any more.
    """
    gc.collect()
    gc.freeze()
    # libraries complain at the end of what was never given back
    atexit.register(gc.unfreeze)


def peak_memory() -> int:
    """Return the bytes that this process has held at most.

    Not what ``getrusage`` tells where there is better: on Linux its maximum counts what the process held that this one
    was forked from, so a small worker of a large parent would seem large from its first moment.
    """
    try:
        status = Path("/proc/self/status").read_text("ascii", errors="replace")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) * 1024
