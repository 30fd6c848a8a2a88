"""Every shader in every variant the renderer can ask for, and layouts against the driver's word."""

from __future__ import annotations

import re
from itertools import chain, product
from pathlib import Path

import numpy as np
import pytest
from OpenGL import GL

from xrviewer import render
from xrviewer.gpu.context import Capabilities
from xrviewer.gpu.program import Program
from xrviewer.render.frame import FRAME_DTYPE, MAX_VIEWS
from xrviewer.render.marks import MARK_DTYPE
from xrviewer.render.programs import Programs, Variant, samples_variant, view_variant
from xrviewer.resources import shaders_folder
from xrviewer.scene.draw import PART_DRAW_DTYPE

pytestmark = pytest.mark.gl

VIEWS = (None, *range(MAX_VIEWS))
FLAGS = (
    Variant.SEE_THROUGH,
    Variant.OCCLUSION,
    Variant.OUTLINE,
    Variant.ENCODE_SRGB,
    Variant.WRITE_DEPTH,
)
BACKGROUNDS = ((), (Variant.REAL_ROOM,), (Variant.ON_WHITE,))
CUTTING = (Variant.CUT,)
SAMPLES = tuple(samples_variant(n) for n in (1, 2, 4, 8))
MAX_SHADER_LINES = 120


def test_the_variants_here_are_all_there_are() -> None:
    known = {
        *FLAGS,
        *chain(*BACKGROUNDS),
        *CUTTING,
        *SAMPLES,
        *map(view_variant, VIEWS),
        Variant.BEHIND,
        Variant.HALF_SIZE,
    }
    assert known == set(Variant)


def test_no_shader_is_too_long_or_unused() -> None:
    files = {p.name for p in shaders_folder().iterdir() if p.suffix in (".vert", ".geom", ".frag")}
    named = re.compile(r'"(\w+\.(?:vert|geom|frag))"')
    code = [path.read_text() for path in (Path(render.__file__).parent).glob("*.py")]
    assert files == {name for text in code for name in named.findall(text)}
    for path in shaders_folder().rglob("*.*"):
        assert path.read_text().count("\n") <= MAX_SHADER_LINES, path


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    "files",
    [("mesh.vert", "mesh.frag"), ("mask.vert", "mask.frag")],
    ids=lambda f: f[1],
)
def test_scene_passes_compile(gl: Capabilities, files: tuple[str, str], view: int | None) -> None:
    Program(*files, (view_variant(view),)).close()


@pytest.mark.parametrize("view", VIEWS)
def test_occlusion_compiles(gl: Capabilities, view: int | None) -> None:
    Program("screen.vert", "occlusion.frag", (view_variant(view), Variant.HALF_SIZE)).close()


@pytest.mark.parametrize("samples", SAMPLES)
@pytest.mark.parametrize("view", VIEWS)
def test_writing_and_slices_compile(gl: Capabilities, view: int | None, samples: Variant) -> None:
    for look in ("mark", "slice"):
        Program(f"{look}.vert", f"{look}.frag", (samples, view_variant(view))).close()
    behind = (samples, view_variant(view), Variant.BEHIND)
    Program("mark.vert", "mark.frag", behind).close()


@pytest.mark.parametrize("view", VIEWS)
def test_outlines_compile(gl: Capabilities, view: int | None) -> None:
    Program("outline.vert", "outline.frag", (view_variant(view),), "outline.geom").close()


@pytest.mark.parametrize("view", VIEWS)
def test_cutting_compiles(gl: Capabilities, view: int | None) -> None:
    surface, crossing = ("mesh.vert", "mesh.frag"), ("mesh.vert", "crossing.frag")
    for look in (surface, crossing, ("slice.vert", "slice.frag")):
        for samples in SAMPLES:
            Program(*look, (Variant.CUT, samples, view_variant(view))).close()


@pytest.mark.parametrize("samples", SAMPLES)
@pytest.mark.parametrize("view", VIEWS)
def test_the_composing_pass_compiles(gl: Capabilities, view: int | None, samples: Variant) -> None:
    for behind, *wanted in product(BACKGROUNDS, *[(False, True)] * len(FLAGS)):
        flags = [flag for flag, is_wanted in zip(FLAGS, wanted, strict=True) if is_wanted]
        flags += behind
        Program("screen.vert", "compose.frag", (*flags, samples, view_variant(view))).close()


def test_a_program_is_made_once(gl: Capabilities) -> None:
    programs = Programs()
    for _ in range(3):
        programs.use("mesh.vert", "mesh.frag", frozenset({Variant.VIEW_0}))
    assert len(programs) == 1
    programs.use("mesh.vert", "mesh.frag", frozenset({Variant.VIEW_1}))
    assert len(programs) == 2
    programs.close()
    assert len(programs) == 0


def reflected(program: int, interface: int, name: str, prop: int) -> int:
    index = GL.glGetProgramResourceIndex(program, interface, name)
    assert index != GL.GL_INVALID_INDEX, f"{name} is not in the program"
    value = np.zeros(1, np.int32)
    GL.glGetProgramResourceiv(program, interface, index, 1, [prop], 1, None, value)
    return int(value[0])


def offsets(dtype: np.dtype, prefix: str = "", at: int = 0) -> dict[str, int]:
    """Of every float field, by the name GLSL gives it."""
    found = {}
    for name, (kind, offset, *_) in (dtype.fields or {}).items():
        fields, shape = kind.subdtype or (kind, ())
        if fields.fields:
            for i in range(shape[0]):
                inner = at + offset + i * fields.itemsize
                found |= offsets(fields, f"{prefix}{name}[{i}].", inner)
        else:
            found[prefix + name] = at + offset
    return found


def test_the_frame_block_lies_as_the_driver_says(gl: Capabilities) -> None:
    with Program("screen.vert", "compose.frag", ("VIEW=0", "SAMPLES=4", "OCCLUSION")) as program:
        expected = offsets(FRAME_DTYPE)
        assert "eyes[1].tangents" in expected and len(expected) == 3 * MAX_VIEWS + 7
        for name, offset in expected.items():
            got = reflected(program.name, GL.GL_UNIFORM, name, GL.GL_OFFSET)
            assert got == offset, f"{name} is at {got} in the shader and at {offset} in numpy"
        size = reflected(program.name, GL.GL_UNIFORM_BLOCK, "Frame", GL.GL_BUFFER_DATA_SIZE)
        assert size == FRAME_DTYPE.itemsize


def test_a_parts_state_lies_as_the_driver_says(gl: Capabilities) -> None:
    rows, look = "case_from_part", "roughness"
    at = {name: PART_DRAW_DTYPE.fields[name][1] for name in PART_DRAW_DTYPE.names}
    expected = {
        **{f"row_{axis}": at[rows] + 16 * i for i, axis in enumerate("xyz")},
        "color": at["color"],
        "look": at[look],
    }
    with Program("mesh.vert", "mesh.frag", ("VIEW=0",)) as program:
        for name, offset in expected.items():
            full = f"parts[0].{name}"
            assert reflected(program.name, GL.GL_BUFFER_VARIABLE, full, GL.GL_OFFSET) == offset
        stride = reflected(
            program.name, GL.GL_BUFFER_VARIABLE, "parts[0].color", GL.GL_TOP_LEVEL_ARRAY_STRIDE
        )
    assert stride == PART_DRAW_DTYPE.itemsize
    assert at["exempt"] - at[look] == 16
    rest = ("ghost_edge", "occlusion_received", "is_pointed")
    assert [at[name] - at[look] for name in rest] == [4, 8, 12]


def test_a_mark_lies_as_the_driver_says(gl: Capabilities) -> None:
    with Program("mark.vert", "mark.frag", ("VIEW=0", "SAMPLES=4")) as program:
        for name in ("middle", "across", "along", "glyph", "color"):
            got = reflected(program.name, GL.GL_BUFFER_VARIABLE, f"marks[0].{name}", GL.GL_OFFSET)
            assert got == MARK_DTYPE.fields[name][1]
        stride = reflected(
            program.name, GL.GL_BUFFER_VARIABLE, "marks[0].color", GL.GL_TOP_LEVEL_ARRAY_STRIDE
        )
    assert stride == MARK_DTYPE.itemsize
