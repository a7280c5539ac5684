"""What backup offers to the room; names only."""

from soc.room import CommandSpec

COMMANDS = (
    CommandSpec("backup", "audit.backup.commands:backup_command"),
    CommandSpec("restore", "audit.backup.commands:restore_command"),
)
