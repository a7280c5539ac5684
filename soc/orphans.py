"""Processes that end with the one that started them, also when that one is killed outright.

Without it a supervisor killed with SIGKILL leaves its children behind: they hold the port, and the next
``soc up`` is refused.
"""

import ctypes
import os
import signal
import sys

#: from <sys/prctl.h>: the signal that this process gets when its parent ends
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Have the system kill this process when its parent ends. Elsewhere than on Linux nothing is changed."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended between the two lines: nothing would tell us
        os.kill(os.getpid(), signal.SIGKILL)
