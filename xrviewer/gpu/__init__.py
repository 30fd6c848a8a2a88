"""Thin owners of OpenGL names: made in __init__, freed in close(). Nothing medical here."""
