"""What points are worth: how likely an alert of so many points is a true one, learnt from what people decided."""
