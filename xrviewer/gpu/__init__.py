"""Thin owners of OpenGL names. Nothing here knows what is drawn."""
