"""Ready choices of what to see, made of the tissues that a case has."""

from __future__ import annotations

from dataclasses import dataclass

from xrviewer.case.model import Case
from xrviewer.words import mark


@dataclass(frozen=True, slots=True)
class Preset:
    """One choice; everything else is hidden."""

    id: str
    name: str
    layers: tuple[str, ...]


_CHOICES = (
    ("bones", mark("Bones only"), ("bone",)),
    ("cartilage", mark("Cartilage"), ("cartilage",)),
    ("joint", mark("Bones and cartilage"), ("bone", "cartilage", "meniscus")),
    ("ligaments", mark("Bones and ligaments"), ("bone", "ligament", "meniscus")),
    ("muscles", mark("Muscles"), ("muscle", "tendon")),
    ("vessels", mark("Vessels and nerves"), ("artery", "vein", "nerve")),
    ("brain", mark("Brain"), ("grey_matter", "white_matter")),
    ("findings", mark("Findings and implants"), ("lesion", "implant")),
)
_KEY_TISSUE = {"joint": "cartilage", "ligaments": "ligament"}
"""Without it the choice would be another one over again."""
EVERYTHING = "everything"


def presets(case: Case) -> tuple[Preset, ...]:
    """Those that show something and hide something, then everything."""
    roles = {layer.role for layer in case.layers}
    found = []
    for id, name, tissues in _CHOICES:
        chosen = tuple(layer.id for layer in case.layers if layer.role in tissues)
        has_key = _KEY_TISSUE.get(id, tissues[0]) in roles or len(tissues) == 1 or id == "vessels"
        if 0 < len(chosen) < len(case.layers) and has_key:
            found.append(Preset(id, name, chosen))
    everything = tuple(layer.id for layer in case.layers)
    return (*found, Preset(EVERYTHING, mark("Everything"), everything))
