"""The words of a measurement, free of its machinery: a command line needs no more."""

from __future__ import annotations

from enum import StrEnum

WHOLE = "all"
"""The region that is the whole layer."""

REPEATABILITY_MM = 0.15
"""Standard deviation of one thickness at one place between two scans of an unchanged knee, where
nothing better is stated: what careful segmentation at knee voxels reaches."""


class Definition(StrEnum):
    """What "thickness" means; on a real knee they differ by up to 0.3 mm in the mean."""

    NORMAL = "normal"
    """Along the inner surface's normal, from it to the outer surface."""
    NEAREST = "nearest"
    """From the inner surface to the nearest point of the outer surface."""
    LAPLACE = "laplace"
    """Along the lines of a potential between the two surfaces, solved in the volume."""
