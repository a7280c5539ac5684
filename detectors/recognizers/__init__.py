"""What a sensitive value looks like: shapes, check digits, names of columns; one definition for columns and for text."""
