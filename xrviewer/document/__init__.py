"""The session's state: one document, one door, undo, and a journal that survives a crash."""
