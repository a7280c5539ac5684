"""A failure is told when it happens: a run that is cut short has said by then what it found."""

import pytest


class AtOnce:
    """Prints what failed, in the process that prints the run."""

    def __init__(self, config: pytest.Config) -> None:
        """Write where the run's own lines go, which is not known before the first of them."""
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print a failure whole, under the name of its test."""
        if report.failed:
            self._config.get_terminal_writer().line(f"\nFAILED {report.nodeid} ({report.when})\n{report.longreprtext}")


def pytest_configure(config: pytest.Config) -> None:
    """Tell in the process that prints; a worker's lines are seen by nobody."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(AtOnce(config))
