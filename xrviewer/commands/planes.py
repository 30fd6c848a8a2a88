"""The words for slices and cuts, made into intents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from xrviewer.analysis.centre_line import centre_line
from xrviewer.analysis.scan import presets_of, scan_values
from xrviewer.case.model import Case, Timepoint
from xrviewer.case.volume import Volume
from xrviewer.document.intents import Intent
from xrviewer.document.plane_intents import (
    AddCurvedSlice,
    AddCut,
    AddSlice,
    SetSliceColors,
    SetSliceFilter,
    SetSliceFusion,
    SetSliceOutlines,
    SetSliceSlab,
    SetSliceWindow,
)
from xrviewer.document.planes import (
    CutKind,
    CutShape,
    Filter,
    Fusion,
    Mode,
    Outlines,
    Projection,
    Slice,
    Window,
)
from xrviewer.errors import MeasureError, UsageError
from xrviewer.interaction.slicing import Curve, as_curve, screen_beside
from xrviewer.spatial.bend import resampled
from xrviewer.spatial.planes import (
    ANATOMICAL_NAMES,
    Plane,
    anatomical,
    name_of,
    oblique,
    rotation_to,
)
from xrviewer.spatial.transforms import Vec3

_AXIS = {"axial": 2, "coronal": 1, "sagittal": 0}
_SLICE_FORMS = (
    "axial, coronal or sagittal, with @MM if not in the middle, or oblique:X,Y,Z,NX,NY,NZ"
)
_CURVE_FORMS = "the id of a long structure, or points:X,Y,Z,X,Y,Z,... (LPS mm)"
PICKED_COUNT = 120
_CUT_FORMS = f"{_SLICE_FORMS}, or box:X,Y,Z,SX,SY,SZ (its centre and its size)"


@dataclass(frozen=True, slots=True)
class WantedPlanes:
    """What was said on the command line."""

    slices: tuple[str, ...] = ()
    cuts: tuple[str, ...] = ()
    volume: str | None = None
    window: str = ""
    colors: str = ""
    mode: Mode = Mode.PAINTED
    slab: str = ""
    filter: Filter = Filter.LINEAR
    over: str = ""
    curved: tuple[str, ...] = ()
    outlines: Outlines = Outlines.SHOWN

    def __bool__(self) -> bool:
        return bool(self.slices or self.cuts or self.curved)


NO_PLANES = WantedPlanes()
_LOOKS = ("colors", "mode", "slab", "filter", "over", "outlines")


def wanted_planes(
    slices: list[str] | None,
    cuts: list[str] | None,
    volume: str | None,
    window: str,
    looks: list[str] | None,
    curved: list[str] | None = None,
) -> WantedPlanes:
    """Of the words as they were said."""
    found = dict(_look(text) for text in looks or ())
    if not (slices or cuts or curved) and (volume or window or found):
        raise UsageError("--volume, --window and --look want a --slice, --curved or --cut")
    return WantedPlanes(
        slices=tuple(slices or ()),
        cuts=tuple(cuts or ()),
        curved=tuple(curved or ()),
        volume=volume,
        window=window,
        colors=found.get("colors", ""),
        mode=_one_of(Mode, found.get("mode", Mode.PAINTED)),
        slab=found.get("slab", ""),
        filter=_one_of(Filter, found.get("filter", Filter.LINEAR)),
        over=found.get("over", ""),
        outlines=_one_of(Outlines, found.get("outlines", Outlines.SHOWN)),
    )


def _look(text: str) -> tuple[str, str]:
    name, is_set, value = text.partition("=")
    if name not in _LOOKS or not is_set:
        raise UsageError(f"--look is NAME=VALUE with one of {', '.join(_LOOKS)}, not {text!r}")
    return name, value


_Choice = TypeVar("_Choice", Mode, Filter, Outlines)


def _one_of(choices: type[_Choice], word: str) -> _Choice:
    try:
        return choices(word)
    except ValueError:
        raise UsageError(f"{word!r} is none of {', '.join(choices)}") from None


def plane_intents(case: Case, timepoint: Timepoint, wanted: WantedPlanes) -> list[Intent]:
    """Raises UsageError for words that mean nothing, or nothing here."""
    if not wanted:
        return []
    has_slices = bool(wanted.slices or wanted.curved or timepoint.volumes)
    volume = _volume(case, timepoint, wanted.volume) if has_slices else None
    intents: list[Intent] = []
    for number, text in enumerate(wanted.slices, start=1):
        assert volume is not None
        intents += _slice(f"slice{number}", text, volume, timepoint, wanted)
    for number, text in enumerate(wanted.curved, start=1):
        assert volume is not None
        line = curve_of(text, timepoint)
        plane = screen_beside(line, volume)
        id = f"curved{number}"
        intents.append(AddCurvedSlice(id, volume.id, plane, line))
        intents += _looked(id, volume, timepoint, wanted)
    for number, text in enumerate(wanted.cuts, start=1):
        at = volume.center_mm if volume else _middle_of_surfaces(timepoint)
        window = _window(wanted.window, volume) if volume else None
        shape = parse_cut(text, at)
        intents.append(AddCut(f"cut{number}", shape, volume.id if volume else None, window))
    return intents


def parse_plane(text: str, middle_mm: Vec3, forms: str = _SLICE_FORMS) -> Plane:
    """Through the middle where no place is said."""
    name, _, at = text.partition("@")
    if name in ANATOMICAL_NAMES:
        point = list(middle_mm)
        if at:
            (point[_AXIS[name]],) = _numbers(at, 1, text, forms)
        return anatomical(name, (point[0], point[1], point[2]))
    if text.startswith("oblique:"):
        x, y, z, *normal = _numbers(text.removeprefix("oblique:"), 6, text, forms)
        try:
            return oblique((x, y, z), (normal[0], normal[1], normal[2]))
        except ValueError:
            raise UsageError(f"{text!r} has a normal without a direction") from None
    raise UsageError(f"{text!r} is no plane: say {forms}")


def parse_cut(text: str, middle_mm: Vec3) -> CutShape:
    """A plane takes away the side from which it is looked at."""
    if text.startswith("box:"):
        x, y, z, *size = _numbers(text.removeprefix("box:"), 6, text, _CUT_FORMS)
        if min(size) <= 0:
            raise UsageError(f"{text!r}: a box has a size over 0 in each direction")
        half = (size[0] / 2, size[1] / 2, size[2] / 2)
        return CutShape(CutKind.BOX, (x, y, z), half_size_mm=half)
    plane = parse_plane(text, middle_mm, _CUT_FORMS)
    return cut_along(plane)


def cut_along(plane: Plane) -> CutShape:
    """The cut that opens what lies before a slice."""
    return CutShape(CutKind.PLANE, plane.point_mm, rotation_to(plane))


def curve_of(text: str, timepoint: Timepoint) -> Curve:
    """The middle of a structure, or the line through points that were picked."""
    if text.startswith("points:"):
        found = _numbers(text.removeprefix("points:"), None, text, _CURVE_FORMS)
        picked = np.array(found[: len(found) // 3 * 3]).reshape(-1, 3)
        if len(found) % 3 or len(picked) < 2:
            raise UsageError(f"{text!r} is no line: say {_CURVE_FORMS}")
        return as_curve(resampled(picked, PICKED_COUNT))
    part = next((i for i, id in enumerate(timepoint.surfaces.part_ids) if id == text), None)
    if part is None:
        raise UsageError(f"{timepoint.name} has no structure {text!r}; say {_CURVE_FORMS}")
    try:
        return as_curve(centre_line(*timepoint.surfaces.part(part)))
    except MeasureError as error:
        raise UsageError(f"{text} {error} (points:X,Y,Z,X,Y,Z,...)") from error


def said_window(slice: Slice, volume: Volume) -> str:
    """For a caption: which plane, of what, at which window."""
    centre, width = slice.window or scan_values(volume).window
    plane, slab = slice.plane, ""
    name = "straightened" if slice.curve_mm else name_of(plane)
    place = f" {plane.point_mm[_AXIS[name]]:.1f} mm" if name in _AXIS else ""
    if slice.slab_mm > 0:
        slab = f", {slice.projection} of {slice.slab_mm:g} mm"
    unit = f" {volume.unit}" if volume.unit else ""
    count = len(volume.filled_slices)
    gaps = f", {count} slice{'s'[: count > 1]} filled in" if count else ""
    return f"{volume.name}: {name}{place}, C {centre:.4g} W {width:.4g}{unit}{slab}{gaps}"


def _slice(
    id: str, text: str, volume: Volume, timepoint: Timepoint, wanted: WantedPlanes
) -> list[Intent]:
    plane = parse_plane(text, volume.center_mm)
    added: list[Intent] = [AddSlice(id, volume.id, plane, wanted.mode)]
    return added + _looked(id, volume, timepoint, wanted)


def _looked(id: str, volume: Volume, timepoint: Timepoint, wanted: WantedPlanes) -> list[Intent]:
    intents: list[Intent] = []
    window = _window(wanted.window, volume)
    if window is not None:
        intents.append(SetSliceWindow(id, window))
    colors = wanted.colors or scan_values(volume).colors
    intents.append(SetSliceColors(id, colors))
    if wanted.slab:
        intents.append(SetSliceSlab(id, *_slab(wanted.slab)))
    intents.append(SetSliceFilter(id, wanted.filter))
    intents.append(SetSliceOutlines(id, wanted.outlines))
    if wanted.over:
        intents.append(SetSliceFusion(id, _fusion(wanted.over, timepoint)))
    return intents


def _volume(case: Case, timepoint: Timepoint, id: str | None) -> Volume:
    if not timepoint.volumes:
        raise UsageError(f"{timepoint.name} of {case.title} has no scan to show a slice of")
    if id is None:
        return timepoint.volumes[0]
    found = next((v for v in timepoint.volumes if v.id == id), None)
    if found is None:
        known = ", ".join(v.id for v in timepoint.volumes)
        raise UsageError(f"{timepoint.name} has no scan {id!r}; it has {known}")
    return found


def _middle_of_surfaces(timepoint: Timepoint) -> Vec3:
    low, high = timepoint.surfaces.bounds_mm()
    x, y, z = (np.add(low, high, dtype=np.float64) / 2).tolist()
    return (x, y, z)


def _window(text: str, volume: Volume) -> Window | None:
    """CENTRE/WIDTH or a preset's name; None for what the data says."""
    if not text or text == "auto":
        return None
    centre, slash, width = text.partition("/")
    if slash:
        try:
            found = float(centre), float(width)
        except ValueError:
            found = (0.0, 0.0)
        if found[1] > 0:
            return found
        raise UsageError(f"--window is CENTRE/WIDTH, two numbers, the width over 0; not {text!r}")
    presets = presets_of(volume)
    if text not in presets:
        raise UsageError(
            f"{volume.name} has no window {text!r}: say CENTRE/WIDTH or {', '.join(presets)}"
        )
    return presets[text]


def _slab(text: str) -> tuple[float, Projection]:
    thickness, _, projection = text.partition(":")
    try:
        return float(thickness), Projection(projection or "mean")
    except ValueError:
        raise UsageError(f"slab is MM or MM:mean|max|min, not {text!r}") from None


def _fusion(text: str, timepoint: Timepoint) -> Fusion:
    """VOLUME, VOLUME:SHARE or VOLUME:SHARE:COLOURS"""
    id, *rest = text.split(":")
    second = next((v for v in timepoint.volumes if v.id == id), None)
    if second is None:
        known = ", ".join(v.id for v in timepoint.volumes)
        raise UsageError(f"{timepoint.name} has no scan {id!r} to lay over; it has {known}")
    try:
        share = float(rest[0]) if rest else 0.5
    except ValueError:
        raise UsageError(f"over is VOLUME:SHARE:COLOURS, not {text!r}") from None
    colors = rest[1] if len(rest) > 1 else scan_values(second).colors
    return Fusion(id, share, None, colors)


def _numbers(text: str, count: int | None, whole: str, forms: str) -> list[float]:
    try:
        found = [float(word) for word in text.split(",")]
    except ValueError:
        found = []
    if (count is not None and len(found) != count) or not np.isfinite(found).all():
        raise UsageError(f"{whole!r} is no plane: say {forms}")
    return found
