"""Write a revision from what the models say beyond the newest one: ``python scripts/make_migration.py MESSAGE``."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from config.settings import Settings
from soc.db import Database
from soc.migrate import upgrade


def main() -> None:
    """Upgrade an empty database to the newest revision and write what is missing as the next."""
    with tempfile.TemporaryDirectory() as home:
        settings = Settings.load({"SOC_HOME": home})
        upgrade(settings)
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parents[1] / "soc" / "migrations"))
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        with Database.open_as_owner(settings).writer.connect() as connection:
            config.attributes["connection"] = connection
            number = len(list((Path(__file__).parents[1] / "soc/migrations/versions").glob("[0-9]*.py"))) + 1
            command.revision(config, message=sys.argv[1], rev_id=f"{number:04d}", autogenerate=True)


if __name__ == "__main__":
    main()
