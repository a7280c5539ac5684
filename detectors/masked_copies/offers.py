"""What masked copies offer to the room; names only."""

from soc.room import ApprovalKind, CommandSpec, JobSpec

COMMANDS = (
    CommandSpec("mask", "detectors.masked_copies.commands:mask"),
    CommandSpec("encrypt", "detectors.masked_copies.commands:encrypt"),
    CommandSpec("decrypt", "detectors.masked_copies.commands:decrypt"),
)
APPROVALS = (
    ApprovalKind(
        name="protection.decrypt",
        approver_permission="policies.approve",
        apply="detectors.masked_copies.opening:order_approved",
    ),
)
JOBS = (JobSpec("protection.decrypt", "detectors.masked_copies.opening:run"),)
