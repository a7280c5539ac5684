# ruff: noqa: S105
"""What can be done here, by its name in the trail: ``<thing>.<what happened to it>``.

A room appends its acts to its own block and never renames one: entries of years ago carry them.
The words people read are in the catalogue, ``acts.<value>``.
"""

from enum import StrEnum


class Act(StrEnum):
    """One kind of deed."""

    # the installation
    SYSTEM_CREATED = "system.created"
    SYSTEM_CHANGED = "system.changed"
    SYSTEM_RESTORED = "system.restored"
    BACKUP_MADE = "backup.made"
    DEMO_LOADED = "demo.loaded"
    JOB_ENQUEUED = "job.enqueued"
    JOB_CANCELLED = "job.cancelled"
    JOB_FINISHED = "job.finished"

    # people and organisations
    PERSON_CREATED = "person.created"
    PERSON_CHANGED = "person.changed"
    PERSON_DISABLED = "person.disabled"
    PERSON_LOCKED = "person.locked"
    ROLE_GRANTED = "role.granted"
    ROLE_REVOKED = "role.revoked"
    LINE_GRANTED = "line.granted"
    LINE_REVOKED = "line.revoked"
    TOKEN_CREATED = "token.created"
    TOKEN_REVOKED = "token.revoked"
    SIGNED_IN = "session.signed_in"
    SIGN_IN_FAILED = "session.sign_in_failed"
    SIGNED_OUT = "session.signed_out"
    PASSWORD_CHANGED = "password.changed"
    SECOND_FACTOR_SET = "second_factor.set"
    SECOND_FACTOR_REMOVED = "second_factor.removed"
    ACCESS_DENIED = "access.denied"
    ORGANISATION_CREATED = "organisation.created"
    ORGANISATION_CHANGED = "organisation.changed"
    ITEM_SHARED = "item.shared"
    ITEM_UNSHARED = "item.unshared"
    ACCOUNT_MAPPED = "account.mapped"

    # two persons, versions
    APPROVAL_PROPOSED = "approval.proposed"
    APPROVAL_EDITED = "approval.edited"
    APPROVAL_APPROVED = "approval.approved"
    APPROVAL_REJECTED = "approval.rejected"
    APPROVAL_WITHDRAWN = "approval.withdrawn"
    APPROVAL_VOIDED = "approval.voided"
    VERSION_DRAFTED = "version.drafted"
    VERSION_PROPOSED = "version.proposed"
    VERSION_ACTIVATED = "version.activated"
    VERSION_REJECTED = "version.rejected"
    VERSION_ROLLED_BACK = "version.rolled_back"

    # sources and the ledger
    SOURCE_ADDED = "source.added"
    SOURCE_CHANGED = "source.changed"
    SOURCE_REMOVED = "source.removed"
    SOURCE_TESTED = "source.tested"
    SCAN_STORED = "scan.stored"
    SCAN_STARTED = "scan.started"
    ITEM_CONFIRMED = "item.confirmed"
    ITEM_CORRECTED = "item.corrected"
    ITEM_GRADED = "item.graded"
    TABLE_REVIEWED = "table.reviewed"

    # protection and keys
    MASKED_COPY_MADE = "masked_copy.made"
    DATA_ENCRYPTED = "data.encrypted"
    DATA_DECRYPTED = "data.decrypted"
    VALUE_UNMASKED = "value.unmasked"
    KEY_ROTATED = "key.rotated"
    EXPORT_MADE = "export.made"
    EXPORT_TRACED = "export.traced"

    # logs
    BATCH_STORED = "batch.stored"
    BATCH_QUARANTINED = "batch.quarantined"
    QUARANTINE_REPLAYED = "quarantine.replayed"
    LOGS_SEARCHED = "logs.searched"
    LOGS_DELETED = "logs.deleted"
    LOG_SOURCE_ADDED = "log_source.added"
    LOG_SOURCE_CHANGED = "log_source.changed"
    VIEW_SAVED = "view.saved"
    VIEW_REMOVED = "view.removed"

    # detection
    RULE_IMPORTED = "rule.imported"
    RULE_CHANGED = "rule.changed"
    RULE_ENABLED = "rule.enabled"
    RULE_DISABLED = "rule.disabled"
    MODEL_TRAINED = "model.trained"
    FINDING_RAISED = "finding.raised"
    FINDING_UPDATED = "finding.updated"
    BACKTEST_RUN = "backtest.run"

    # alerts and incidents
    ALERT_RAISED = "alert.raised"
    ALERT_GROUPED = "alert.grouped"
    ALERT_ASSIGNED = "alert.assigned"
    ALERT_TAGGED = "alert.tagged"
    ALERT_SNOOZED = "alert.snoozed"
    ALERT_WOKEN = "alert.woken"
    ALERT_TRIAGED = "alert.triaged"
    ALERT_CLOSED = "alert.closed"
    ALERT_REOPENED = "alert.reopened"
    ALERT_COMMENTED = "alert.commented"
    INCIDENT_OPENED = "incident.opened"
    INCIDENT_CHANGED = "incident.changed"
    INCIDENT_GRADED = "incident.graded"
    INCIDENT_ASSIGNED = "incident.assigned"
    INCIDENT_MERGED = "incident.merged"
    INCIDENT_ESCALATED = "incident.escalated"
    INCIDENT_DISPATCHED = "incident.dispatched"
    INCIDENT_REPORTED = "incident.reported"
    INCIDENT_CLOSED = "incident.closed"
    INCIDENT_REOPENED = "incident.reopened"
    INCIDENT_REVIEWED = "incident.reviewed"
    INCIDENT_EXPORTED = "incident.exported"
    TIMELINE_NOTED = "timeline.noted"
    TASK_OPENED = "task.opened"
    TASK_CHANGED = "task.changed"
    TASK_DONE = "task.done"
    EVIDENCE_TAKEN = "evidence.taken"
    EVIDENCE_HANDED_OVER = "evidence.handed_over"
    EVIDENCE_EXPORTED = "evidence.exported"
    DEADLINE_STARTED = "deadline.started"
    DEADLINE_MET = "deadline.met"
    DEADLINE_MISSED = "deadline.missed"
    NOTIFICATION_SENT = "notification.sent"

    # playbooks and drills
    PLAYBOOK_IMPORTED = "playbook.imported"
    PLAYBOOK_CHANGED = "playbook.changed"
    PLAYBOOK_SIGNED = "playbook.signed"
    PLAYBOOK_EXPORTED = "playbook.exported"
    RUN_STARTED = "run.started"
    RUN_STEP_STARTED = "run.step_started"
    RUN_STEP_DONE = "run.step_done"
    RUN_STEP_FAILED = "run.step_failed"
    RUN_FINISHED = "run.finished"
    RUN_CANCELLED = "run.cancelled"
    ACCOUNT_LOCKED = "account.locked"
    ACCOUNT_UNLOCKED = "account.unlocked"
    DRILL_RUN = "drill.run"

    # supervision and reports
    INSPECTION_OPENED = "inspection.opened"
    RECTIFICATION_OPENED = "rectification.opened"
    RECTIFICATION_CHANGED = "rectification.changed"
    RECTIFICATION_DONE = "rectification.done"
    NOTICE_ISSUED = "notice.issued"
    INDICATOR_STORED = "indicator.stored"
    REPORT_MADE = "report.made"

    # the trail itself
    TRAIL_EXPORTED = "trail.exported"
    CHECKPOINT_COSIGNED = "checkpoint.cosigned"
