"""What the detectors room offers; heavy things are named, not imported.

Each part of the room has an ``offers.py`` of its own; this module only adds them up.
"""

from detectors.behaviour import offers as behaviour
from detectors.discovery import offers as discovery
from detectors.drift import offers as drift
from detectors.interfaces import offers as interfaces
from detectors.leaktrial import offers as leaktrial
from detectors.masked_copies import offers as masked_copies
from detectors.sigma import offers as sigma
from detectors.sigma.backtests import offers as backtests
from detectors.sigma.own import offers as own_rules
from detectors.watched import offers as watched
from detectors.weaknesses import offers as weaknesses
from detectors.workshop import offers as workshop
from soc.room import Room, Subscription

ROOM = Room(
    name="detectors",
    blueprints=discovery.BLUEPRINTS
    + weaknesses.BLUEPRINTS
    + sigma.BLUEPRINTS
    + own_rules.BLUEPRINTS
    + backtests.BLUEPRINTS
    + watched.BLUEPRINTS
    + workshop.BLUEPRINTS,
    menu=discovery.MENU + weaknesses.MENU + sigma.MENU + own_rules.MENU + watched.MENU + workshop.MENU,
    commands=discovery.COMMANDS
    + masked_copies.COMMANDS
    + sigma.COMMANDS
    + own_rules.COMMANDS
    + behaviour.COMMANDS
    + drift.COMMANDS
    + weaknesses.COMMANDS
    + workshop.COMMANDS,
    batch_stages=sigma.BATCH_STAGES + watched.BATCH_STAGES + behaviour.BATCH_STAGES,
    permissions=watched.PERMISSIONS,
    setup_steps=sigma.SETUP_STEPS,
    demo_steps=discovery.DEMO_STEPS,
    jobs=discovery.JOBS
    + sigma.JOBS
    + backtests.JOBS
    + behaviour.JOBS
    + drift.JOBS
    + masked_copies.JOBS
    + weaknesses.JOBS
    + workshop.JOBS
    + interfaces.JOBS,
    collectors=sigma.COLLECTORS + drift.COLLECTORS,
    value_titles=sigma.VALUE_TITLES,
    subscriptions=(
        *discovery.SUBSCRIPTIONS,
        Subscription("audit.ingest.receive.heard:SenderFellSilent", "detectors.silence:on_silence"),
        Subscription("audit.ingest.behind:DetectionFellBehind", "detectors.behind:on_behind"),
    ),
    versions=workshop.VERSIONS + own_rules.VERSIONS,
    approvals=masked_copies.APPROVALS + watched.APPROVALS,
    benches=discovery.BENCHES + sigma.BENCHES + workshop.BENCHES + leaktrial.BENCHES,
    models=discovery.MODELS + sigma.MODELS + behaviour.MODELS + drift.MODELS + weaknesses.MODELS + watched.MODELS,
)
