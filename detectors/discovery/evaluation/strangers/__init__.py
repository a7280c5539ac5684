"""What the tables of strangers are made with: a stranger's folder holds words, kinds and outlines only."""
