"""What the policies room offers; heavy things are named, not imported.

Each part of the room has an ``offers.py`` of its own; this module only adds them up.
"""

from policies.grading import offers as grading
from policies.keys import offers as keys
from policies.ledger import offers as ledger
from policies.protection import offers as protection
from policies.reviews import offers as reviews
from soc.room import Room

ROOM = Room(
    name="policies",
    blueprints=grading.BLUEPRINTS + ledger.BLUEPRINTS + protection.BLUEPRINTS + reviews.BLUEPRINTS,
    menu=grading.MENU + ledger.MENU + protection.MENU + reviews.MENU,
    search=ledger.SEARCH,
    commands=grading.COMMANDS + keys.COMMANDS + ledger.COMMANDS + protection.COMMANDS,
    permissions=grading.PERMISSIONS + ledger.PERMISSIONS + keys.PERMISSIONS,
    approvals=keys.APPROVALS,
    versions=grading.VERSIONS + protection.VERSIONS,
    setup_steps=grading.SETUP_STEPS + protection.SETUP_STEPS,
    jobs=ledger.JOBS,
    subscriptions=grading.SUBSCRIPTIONS + ledger.SUBSCRIPTIONS + reviews.SUBSCRIPTIONS,
    benches=grading.BENCHES,
    models=ledger.MODELS + reviews.MODELS,
)
