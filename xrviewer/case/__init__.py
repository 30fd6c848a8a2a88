"""The case: one person's anatomy at one or more dates, as immutable values."""
