"""What a label is: from a labels file, from the segmentation itself, or by a known convention.

A convention is only guessed where the anatomy agrees with it: a wrong name is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from xrviewer.case.catalogue import known, layer_for
from xrviewer.case.model import Color, Layer
from xrviewer.errors import InputError, UsageError
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.tissues import tissue_layer
from xrviewer.ingest.totalsegmentator import CLASSES
from xrviewer.ingest.volumes import is_volume_file
from xrviewer.ingest.words import known_words
from xrviewer.spatial.transforms import apply

KNEE = (
    "femoral_cartilage",
    "medial_tibial_cartilage",
    "lateral_tibial_cartilage",
    "patellar_cartilage",
    "femur",
    "tibia",
    "patella",
    "fibula",
    "lateral_meniscus",
    "medial_meniscus",
)
"""Label 1 is the first."""
CONVENTIONS: Mapping[str, tuple[str, ...]] = {"knee": KNEE, "totalsegmentator": CLASSES}
LABELS_LIMIT_BYTES = 4 << 20
_MANY_CLASSES = 15
"""Fewer different labels than this are not taken for TotalSegmentator's without being told."""


class LabelEntry(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One label in the long form of labels.json."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}(?![\s\S])")]
    name: str = ""
    plain: str = ""
    group: str | None = None
    color: Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}(?![\s\S])")] | None = None


Names = Mapping[int, Layer]


@dataclass(frozen=True, slots=True)
class Naming:
    """A layer for every label, and how it was come by."""

    layers: Names
    notes: tuple[str, ...]


def read_labels(choice: str) -> Names:
    """A convention by name, or a labels.json. Raises UsageError or InputError."""
    if choice in CONVENTIONS:
        return _of_convention(CONVENTIONS[choice])
    path = Path(choice)
    if not path.is_file():
        known_here = ", ".join(CONVENTIONS)
        raise UsageError(f"--labels {choice}: no such file, and no convention ({known_here})")
    return _of_file(path)


def name_labels(label_map: LabelMap, stated: Names | None) -> Naming:
    """A layer for every label that occurs: stated, or as the file says, or by convention."""
    centers = _centers_mm(label_map)
    if stated is not None and not label_map.keeps_names:
        return Naming(
            {v: stated.get(v) or _unnamed(v) for v in centers}, _left_out(stated, centers)
        )
    if label_map.segments:
        return Naming({v: _by_segment(label_map, v) for v in centers}, ())
    return _guessed(centers)


def _of_convention(names: tuple[str, ...]) -> Names:
    return {value: _layer(name) for value, name in enumerate(names, 1)}


def _layer(id: str) -> Layer:
    return known(id) or tissue_layer(tuple(id.lower().split("_")))


def _of_file(path: Path) -> Names:
    if is_volume_file(path):
        raise InputError(path, "is no labels file but a volume: a segmentation is --segmentation")
    if path.stat().st_size > LABELS_LIMIT_BYTES:
        raise InputError(path, "is no labels file: it is over 4 MiB")
    try:
        entries = msgspec.json.decode(path.read_bytes(), type=dict[str, str | LabelEntry])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(path, f"is no labels file: {error}") from None
    return {_value(path, key): _stated(path, entry) for key, entry in entries.items()}


def _value(path: Path, key: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", key) or not 0 < int(key) < 1 << 16:
        raise InputError(path, f"has the label {key!r}; a label is a number from 1 to 65535")
    return int(key)


def _stated(path: Path, entry: str | LabelEntry) -> Layer:
    """The user's own words are kept as they are."""
    if isinstance(entry, str):
        entry = _short(path, entry)
    found = known(entry.id) or tissue_layer(tuple(entry.id.split("_")))
    return replace(
        found,
        id=entry.id,
        name=entry.name or found.name,
        plain=entry.plain or found.plain,
        group=entry.group or found.group,
        color=Color.from_hex(entry.color) if entry.color else found.color,
    )


def _short(path: Path, text: str) -> LabelEntry:
    try:
        return msgspec.convert({"id": text}, LabelEntry)
    except msgspec.ValidationError:
        raise InputError(path, f"has the id {text!r}; an id is of a-z 0-9 _ -") from None


def _by_segment(label_map: LabelMap, value: int) -> Layer:
    segment = label_map.segments.get(value)
    words = known_words(segment.name) if segment else ()
    if segment is None or not words:
        return _unnamed(value)
    found = known("_".join(words)) or tissue_layer(words)
    is_plain = found.role == "other" and segment.color is not None
    return replace(found, color=segment.color) if is_plain and segment.color else found


def _unnamed(value: int) -> Layer:
    return layer_for(f"label_{value}", f"Label {value}")


def _left_out(stated: Names, centers: Mapping[int, NDArray[np.float64]]) -> tuple[str, ...]:
    unnamed = [str(v) for v in centers if v not in stated]
    if not unnamed:
        return ()
    return (f"the labels file does not name label {', '.join(unnamed)}: shown by number",)


def _centers_mm(label_map: LabelMap) -> dict[int, NDArray[np.float64]]:
    """About where each label lies: the mean of a sparse sample of its voxels."""
    place = np.nonzero(label_map.labels[::3, ::3, ::2])
    values = label_map.labels[::3, ::3, ::2][place]
    seen = np.maximum(np.bincount(values), 1)
    means = [
        np.bincount(values, axis * step) / seen for axis, step in zip(place, (3, 3, 2), strict=True)
    ]
    centers: dict[int, NDArray[np.float64]] = {}
    for value in _present(label_map.labels):
        # One that the sample missed is too small to tell a knee by.
        voxel = [mean[value] if value < len(seen) else 0.0 for mean in means]
        centers[value] = apply(label_map.case_from_voxel, voxel)
    return centers


def _present(labels: NDArray[np.generic]) -> list[int]:
    """A slice at a time: counting makes eight bytes of every voxel."""
    counts = np.zeros(int(np.max(labels)) + 1, np.int64)
    for k in range(labels.shape[2]):
        counts += np.bincount(labels[:, :, k].ravel(order="K"), minlength=len(counts))
    return [int(value) for value in np.flatnonzero(counts) if value]


def _guessed(centers: Mapping[int, NDArray[np.float64]]) -> Naming:
    if _is_knee(centers):
        names = dict(_of_convention(KNEE))
        swapped = _menisci_swapped(centers)
        notes = ["labels named by the knee convention: the bones lie as it says (give --labels)"]
        if swapped:
            names[9], names[10] = names[10], names[9]
            notes.append(
                "labels 9 and 10: the menisci lie the other way round, and are named by that"
            )
        return Naming({v: names[v] for v in centers}, tuple(notes))
    if _is_total(centers):
        names = dict(_of_convention(CLASSES))
        note = "labels named as TotalSegmentator's classes: left and right agree (give --labels)"
        return Naming({v: names[v] for v in centers}, (note,))
    note = "nothing says what the labels are: shown by number (give --labels)"
    return Naming({v: _unnamed(v) for v in centers}, (note,))


def _is_knee(centers: Mapping[int, NDArray[np.float64]]) -> bool:
    """Thigh over shin, kneecap in front of both: LPS, so superior is +z and anterior is -y."""
    if not {5, 6, 7} <= set(centers) or max(centers) > len(KNEE):
        return False
    femur, tibia, patella = (centers[v] for v in (5, 6, 7))
    return bool(femur[2] > tibia[2] and patella[1] < min(femur[1], tibia[1]))


def _menisci_swapped(centers: Mapping[int, NDArray[np.float64]]) -> bool:
    """The fibula is lateral of the tibia, and so must the lateral meniscus be."""
    if not {6, 8, 9, 10} <= set(centers):
        return False
    lateral = centers[8][0] - centers[6][0]
    return bool((centers[9][0] - centers[10][0]) * lateral < 0)


def _is_total(centers: Mapping[int, NDArray[np.float64]]) -> bool:
    if len(centers) < _MANY_CLASSES or max(centers) > len(CLASSES):
        return False
    where = {CLASSES[value - 1]: center for value, center in centers.items()}
    pairs = [(n, n.replace("left", "right")) for n in where if "left" in n]
    pairs = [(left, right) for left, right in pairs if right in where]
    return bool(pairs) and all(where[left][0] > where[right][0] for left, right in pairs)
