"""What the detectors room offers; heavy things are named, not imported."""

from detectors.sigma import offers as sigma
from soc.room import Room

ROOM = Room(
    name="detectors",
    models=sigma.MODELS,
    commands=sigma.COMMANDS,
    batch_stages=sigma.BATCH_STAGES,
    setup_steps=sigma.SETUP_STEPS,
)
