"""A second stranger's tables: written from the reference alone, by an author who had read no recognizer and no other maker."""
