"""A session's findings as files that others read."""
