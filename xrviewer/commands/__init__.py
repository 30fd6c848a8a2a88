"""What each command does, once its words are parsed. Composition of the floors below."""
