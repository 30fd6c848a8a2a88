"""One frame: solids, see-through parts, occlusion, and the composing pass. A handful of GL calls,
whatever the number of parts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from OpenGL import GL

from xrviewer.gpu.buffer import Buffer
from xrviewer.gpu.context import Capabilities
from xrviewer.gpu.program import Program
from xrviewer.gpu.target import Framebuffer, RenderTarget
from xrviewer.render.frame import FRAME_DTYPE, frame_block
from xrviewer.render.geometry import COMMAND_DTYPE, Geometry
from xrviewer.render.targets import SceneImages
from xrviewer.scene.draw import PART_DRAW_DTYPE, DrawData
from xrviewer.spatial.views import View


class Stereo(Enum):
    """How two eyes are drawn."""

    SINGLE_PASS = "single pass"
    """One call; the vertex shader picks the layer."""
    TWO_PASS = "two passes"
    """One call an eye: without the extension, and on software drivers, where it is faster."""


@dataclass(frozen=True, slots=True)
class Quality:
    """What the machine affords."""

    samples: int = 4
    has_occlusion: bool = True


@dataclass(frozen=True, slots=True)
class _Pass:
    """Framebuffers of all layers at once, or of one layer."""

    view: int | None
    solids: Framebuffer
    see_through: Framebuffer
    shade: Framebuffer


class Renderer:
    """Owns everything on the GPU; can be dropped and made again at any time."""

    def __init__(
        self, found: Capabilities, quality: Quality | None = None, stereo: Stereo | None = None
    ) -> None:
        self.quality = quality or Quality(samples=found.samples)
        self.stereo = stereo or _best_stereo(found)
        self._programs: dict[tuple[str, ...], Program] = {}
        self._geometry: Geometry | None = None
        self._state: Buffer | None = None
        self._images: SceneImages | None = None
        self._passes: tuple[_Pass, ...] = ()
        self._revision = -1
        self._has_solids = self._has_see_through = False
        self._alignment = int(GL.glGetIntegerv(GL.GL_SHADER_STORAGE_BUFFER_OFFSET_ALIGNMENT))
        self._set_fixed_state()

    def draw(self, draw: DrawData, views: tuple[View, ...], target: RenderTarget) -> None:
        """The target's framebuffers hold the finished picture afterwards."""
        if not views or target.width < 1 or target.height < 1:
            return
        self._fit_images(target, len(views))
        self._fit_geometry(draw, len(views))
        self._upload(draw, views)
        for one in self._passes:
            self._draw_scene(one, len(views))
        self._compose(draw, target, len(views))

    def close(self) -> None:
        self._drop_geometry()
        self._drop_images()
        for program in self._programs.values():
            program.close()
        self._programs.clear()

    # -- what lies on the GPU ------------------------------------------------

    def _set_fixed_state(self) -> None:
        """All the state that never changes; the passes toggle depth test and depth writes only."""
        GL.glClipControl(GL.GL_LOWER_LEFT, GL.GL_ZERO_TO_ONE)
        GL.glDepthFunc(GL.GL_GREATER)
        GL.glEnable(GL.GL_DEPTH_TEST)
        GL.glEnable(GL.GL_FRAMEBUFFER_SRGB)
        GL.glEnable(GL.GL_BLEND)
        GL.glBlendFunci(0, GL.GL_ONE, GL.GL_ZERO)
        GL.glBlendFunci(1, GL.GL_ONE, GL.GL_ONE)
        GL.glBlendFunci(2, GL.GL_ZERO, GL.GL_ONE_MINUS_SRC_COLOR)

    def _fit_images(self, target: RenderTarget, views: int) -> None:
        wanted = (target.width, target.height, views)
        images = self._images
        if images is not None and (images.width, images.height, images.layers) == wanted:
            return
        self._drop_images()
        self._images = images = SceneImages(*wanted, self.quality.samples)
        is_single = self._is_single_pass(views)
        layers: list[int | None] = [None] if is_single else list(range(views))
        self._passes = tuple(
            _Pass(i, images.solids(i), images.see_through(i), images.shade(i)) for i in layers
        )
        textures = (
            images.depth, images.color, images.gathered, images.let_through, images.occlusion,
        )  # fmt: skip
        for unit, texture in enumerate(textures):
            GL.glBindTextureUnit(unit, texture.name)

    def _fit_geometry(self, draw: DrawData, views: int) -> None:
        instances = views if self._is_single_pass(views) else 1
        held = self._geometry
        if held and held.surfaces is draw.surfaces and held.instances == instances:
            return
        self._drop_geometry()
        self._geometry = Geometry(draw.surfaces, instances)
        self._state = Buffer(self._offsets()[2] + 2 * self._commands_size())
        self._revision = -1
        self._bind_state()
        self._geometry.bind()

    def _offsets(self) -> tuple[int, int, int]:
        """Of the frame block, the part states and the commands in the one state buffer."""
        assert self._geometry is not None
        a = self._alignment
        parts = -(-FRAME_DTYPE.itemsize // a) * a
        states = max(1, len(self._geometry.surfaces.parts)) * PART_DRAW_DTYPE.itemsize
        return 0, parts, -(-(parts + states) // a) * a

    def _commands_size(self) -> int:
        assert self._geometry is not None
        return len(self._geometry.surfaces.parts) * COMMAND_DTYPE.itemsize

    def _bind_state(self) -> None:
        assert self._state is not None
        frame, parts, commands = self._offsets()
        name = self._state.name
        GL.glBindBufferRange(GL.GL_UNIFORM_BUFFER, 0, name, frame, FRAME_DTYPE.itemsize)
        GL.glBindBufferRange(GL.GL_SHADER_STORAGE_BUFFER, 1, name, parts, commands - parts)
        GL.glBindBuffer(GL.GL_DRAW_INDIRECT_BUFFER, name)

    def _upload(self, draw: DrawData, views: tuple[View, ...]) -> None:
        """One write: the frame alone, or with every part's state when one of them changed."""
        assert self._state is not None and self._geometry is not None
        block = frame_block(draw, views)
        if draw.revision == self._revision:
            self._state.write(block)
            return
        _, parts_at, commands_at = self._offsets()
        solid, ghost = draw.solid(), draw.see_through()
        self._has_solids, self._has_see_through = bool(solid.any()), bool(ghost.any())
        packed = np.zeros(self._state.size, np.uint8)
        packed[: block.nbytes] = block.view(np.uint8)
        packed[parts_at : parts_at + draw.parts.nbytes] = draw.parts.view(np.uint8)
        commands = np.concatenate([self._geometry.commands(solid), self._geometry.commands(ghost)])
        packed[commands_at : commands_at + commands.nbytes] = commands.view(np.uint8)
        self._state.write(packed)
        self._revision = draw.revision

    # -- the passes ----------------------------------------------------------

    def _draw_scene(self, one: _Pass, views: int) -> None:
        assert self._images is not None and self._geometry is not None
        GL.glViewport(0, 0, self._images.width, self._images.height)
        GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, one.solids.name)
        GL.glClearBufferfv(GL.GL_DEPTH, 0, _ZERO)
        self._use("mesh.vert", "mesh.frag", one.view)
        commands_at = self._offsets()[2]
        if self._has_solids:
            self._geometry.draw(commands_at)
        if self._has_see_through:
            GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, one.see_through.name)
            GL.glClearBufferfv(GL.GL_COLOR, 1, _ZERO)
            GL.glClearBufferfv(GL.GL_COLOR, 2, _ONE)
            GL.glDepthMask(False)
            self._geometry.draw(commands_at + self._commands_size())
            GL.glDepthMask(True)
        if self.quality.has_occlusion and self._has_solids:
            occlusion = self._images.occlusion
            GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, one.shade.name)
            GL.glViewport(0, 0, occlusion.width, occlusion.height)
            self._use("screen.vert", "occlusion.frag", one.view)
            self._screen_triangle(views if one.view is None else 1)

    def _compose(self, draw: DrawData, target: RenderTarget, views: int) -> None:
        GL.glViewport(0, 0, target.width, target.height)
        GL.glDepthFunc(GL.GL_ALWAYS)
        defines = [f"SAMPLES={self.quality.samples}"]
        defines += ["SEE_THROUGH"] if self._has_see_through else []
        defines += ["OCCLUSION"] if self.quality.has_occlusion and self._has_solids else []
        defines += ["OUTLINE"] if draw.is_anything_pointed else []
        defines += [] if target.is_srgb else ["ENCODE_SRGB"]
        defines += ["WRITE_DEPTH"] if target.has_depth else []
        for view, framebuffer in zip(range(views), target.framebuffers, strict=True):
            GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, framebuffer)
            self._use("screen.vert", "compose.frag", view, *defines)
            self._screen_triangle(1)
        GL.glDepthFunc(GL.GL_GREATER)

    def _use(self, vertex: str, fragment: str, view: int | None, *defines: str) -> None:
        variant = (*defines, "SINGLE_PASS") if view is None else defines
        key = (vertex, fragment, *variant)
        program = self._programs.get(key)
        if program is None:
            program = self._programs[key] = Program(vertex, fragment, variant)
        GL.glUseProgram(program.name)
        if view is not None:
            GL.glUniform1i(0, view)

    def _screen_triangle(self, instances: int) -> None:
        GL.glDrawArraysInstanced(GL.GL_TRIANGLES, 0, 3, instances)

    def _is_single_pass(self, views: int) -> bool:
        return views > 1 and self.stereo is Stereo.SINGLE_PASS

    def _drop_geometry(self) -> None:
        for owned in (self._geometry, self._state):
            if owned is not None:
                owned.close()
        self._geometry, self._state = None, None

    def _drop_images(self) -> None:
        for one in self._passes:
            for framebuffer in (one.solids, one.see_through, one.shade):
                framebuffer.close()
        if self._images is not None:
            self._images.close()
        self._passes, self._images = (), None


_ZERO = np.zeros(4, np.float32)
_ONE = np.ones(4, np.float32)


def _best_stereo(found: Capabilities) -> Stereo:
    # Measured on llvmpipe: both eyes by instancing is 15 to 25 % slower than one call an eye.
    if found.has_layered_vertex and not found.is_software:
        return Stereo.SINGLE_PASS
    return Stereo.TWO_PASS
