"""Draw data to pixels. One module a pass; nothing here knows the document."""
