"""What the hands do: input and snapshot in, intents and previews out. Pure functions."""
