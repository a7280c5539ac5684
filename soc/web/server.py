"""Serving: gunicorn with threads in this process's children; the database is opened after the fork."""

import os
from typing import Any

import click
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from config.settings import Settings
from soc.jsonlog import log_json_lines
from soc.machine import settle
from soc.orphans import die_with_parent
from soc.text import t

THREADS = 16
_GRACE_SECONDS = 10
#: an ingest call of a full batch on a slow disk must not look like a hung worker
_HUNG_AFTER_SECONDS = 120


def run_web(settings: Settings) -> None:
    """Serve until SIGTERM; then finish what runs, within seconds."""
    log_json_lines()
    _Server(settings).run()


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn told what to do by our settings instead of a file of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Set what we need; gunicorn's own lines go to the log only where something is wrong."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        options: dict[str, Any] = {
            "bind": f"{host}:{self.settings.port}",
            "workers": int(os.environ.get("SOC_WEB_PROCESSES", "1")),
            "threads": THREADS,
            "worker_class": "gthread",
            "preload_app": False,
            "graceful_timeout": _GRACE_SECONDS,
            "timeout": _HUNG_AFTER_SECONDS,
            "loglevel": "warning",
            "proc_name": "soc web",
            "when_ready": self._say,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Open the installation and make the application, in the worker."""
        from soc.installation import open_installation
        from soc.web.application import create_app

        die_with_parent()
        database = open_installation(self.settings)
        app = create_app(database.settings, database)
        settle()
        return app

    def _say(self, _arbiter: object) -> None:
        click.echo(t("cli.serving", url=f"http://{self.settings.host}:{self.settings.port}"))
