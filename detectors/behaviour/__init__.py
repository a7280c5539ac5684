"""How unusual what a person did is: habit, peers, and the words for it."""
