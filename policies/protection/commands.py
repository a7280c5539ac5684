"""``soc protection``: show, check, diff, propose, approve, rollback."""

from soc.versions import commands

_DOCUMENT = "policies.protection.document:DOCUMENT"

show = commands.show(_DOCUMENT)
check = commands.check(_DOCUMENT)
diff = commands.diff(_DOCUMENT)
propose = commands.propose(_DOCUMENT, "soc protection propose")
approve = commands.approve(_DOCUMENT)
rollback = commands.rollback(_DOCUMENT, "soc protection rollback")
