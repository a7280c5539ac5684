"""The workshop of log formats: an organisation's own ones, proposed from pasted lines, checked, tried, approved by a second person."""
