"""The workshop of recognizers: organisations' own ones, checked, tried, approved by a second person, rolled back."""
