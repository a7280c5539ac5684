"""``python -m soc``: the command line."""

from soc.cli import main

main()
