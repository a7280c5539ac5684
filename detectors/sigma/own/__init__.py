"""An organisation's own detection rules, and which rules it has switched off."""
