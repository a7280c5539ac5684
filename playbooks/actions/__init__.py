"""What a playbook step may do by itself: one module a verb."""
