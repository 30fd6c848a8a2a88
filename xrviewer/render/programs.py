"""The shader variants in use, made when they are first wanted."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from xrviewer.gpu import direct
from xrviewer.gpu.program import Program


class Variant(StrEnum):
    """What a shader may be compiled for; VIEW and SAMPLES carry a number besides."""

    SINGLE_PASS = "SINGLE_PASS"
    """Every layer in one draw: the instance picks it."""
    SEE_THROUGH = "SEE_THROUGH"
    OCCLUSION = "OCCLUSION"
    CUT = "CUT"
    """Something of the anatomy is taken away; on a rectangle, it is a face of that."""
    OUTLINE = "OUTLINE"
    REAL_ROOM = "REAL_ROOM"
    ON_WHITE = "ON_WHITE"
    ENCODE_SRGB = "ENCODE_SRGB"
    WRITE_DEPTH = "WRITE_DEPTH"
    HALF_SIZE = "HALF_SIZE"
    """Into images half as wide and high as the picture, by the same viewport."""
    BEHIND = "BEHIND"
    """Of what is seen through the solids before it."""
    VIEW_0 = "VIEW=0"
    VIEW_1 = "VIEW=1"
    SAMPLES_1 = "SAMPLES=1"
    SAMPLES_2 = "SAMPLES=2"
    SAMPLES_4 = "SAMPLES=4"
    SAMPLES_8 = "SAMPLES=8"


@cache
def variants_of(view: int | None, *others: Variant) -> frozenset[Variant]:
    """Of a pass over one view, or all at once; the same object each time, for it is asked for
    several times a frame."""
    return frozenset({view_variant(view), *others})


def view_variant(view: int | None) -> Variant:
    """One view's, or all views' at once."""
    return Variant.SINGLE_PASS if view is None else Variant(f"VIEW={view}")


@cache
def samples_variant(samples: int) -> Variant:
    return Variant(f"SAMPLES={samples}")


@cache
def composing_variants(
    samples: Variant,
    is_shaded: bool,
    has_see_through: bool,
    is_anything_pointed: bool,
    is_in_real_room: bool,
    is_on_white: bool,
    is_srgb: bool,
    has_depth: bool,
) -> tuple[Variant, ...]:
    """Found once for each: a set made anew would be hashed anew in each frame."""
    wanted = {
        samples: True,
        Variant.SEE_THROUGH: has_see_through,
        Variant.OCCLUSION: is_shaded,
        Variant.OUTLINE: is_anything_pointed,
        Variant.REAL_ROOM: is_in_real_room,
        Variant.ON_WHITE: is_on_white,
        Variant.ENCODE_SRGB: not is_srgb,
        Variant.WRITE_DEPTH: has_depth,
    }
    return tuple(variant for variant, is_wanted in wanted.items() if is_wanted)


class Programs:
    """Compiled once each; a change of colour, layer or size never compiles anything."""

    def __init__(self) -> None:
        self._programs: dict[tuple[str, str, frozenset[Variant], str | None], Program] = {}

    def use(
        self,
        vertex: str,
        fragment: str,
        variants: frozenset[Variant],
        geometry: str | None = None,
    ) -> None:
        direct.glUseProgram(self.ready(vertex, fragment, variants, geometry).name)

    def ready(
        self,
        vertex: str,
        fragment: str,
        variants: frozenset[Variant],
        geometry: str | None = None,
    ) -> Program:
        """Compiled now when it was not yet: a frame that wants it later need not wait."""
        key = (vertex, fragment, variants, geometry)
        program = self._programs.get(key)
        if program is None:
            program = self._programs[key] = Program(*key)
        return program

    def has(self, vertex: str, fragment: str, variants: frozenset[Variant]) -> bool:
        return (vertex, fragment, variants, None) in self._programs

    def __len__(self) -> int:
        return len(self._programs)

    def close(self) -> None:
        direct.glUseProgram(0)  # a program in use outlives its deletion
        for program in self._programs.values():
            program.close()
        self._programs.clear()
