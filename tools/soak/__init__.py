"""A scripted visitor who uses everything, for as long as it takes to see what grows."""
