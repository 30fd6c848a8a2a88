"""One frame: solids, see-through parts, occlusion, and the composing pass.

A dozen GL calls, whatever the number of parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from OpenGL import GL

from xrviewer.gpu import direct
from xrviewer.gpu.context import Capabilities
from xrviewer.gpu.target import Framebuffer, RenderTarget
from xrviewer.gpu.texture import PlainTexture
from xrviewer.render.cuts import CutPass
from xrviewer.render.geometry import Geometry
from xrviewer.render.mapping import MapState
from xrviewer.render.marks import MarkPass
from xrviewer.render.mask import Mask
from xrviewer.render.panels import PanelPass
from xrviewer.render.programs import (
    Programs,
    Variant,
    composing_variants,
    samples_variant,
    variants_of,
)
from xrviewer.render.slices import SlicePass
from xrviewer.render.state import FrameState
from xrviewer.render.targets import SceneImages
from xrviewer.scene.draw import DrawData
from xrviewer.scene.panels import ShownPanel
from xrviewer.scene.slices import Coarse
from xrviewer.spatial.views import View

_COME_LATER = frozenset({Variant.OUTLINE, Variant.SEE_THROUGH})


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
    waits_for_scans: bool = False
    """A still is whole; else a scan comes a part a frame."""


@dataclass(frozen=True, slots=True)
class _ScenePass:
    """Framebuffers of all layers at once, or of one view's."""

    view: int | None
    solids: Framebuffer
    see_through: Framebuffer

    def close(self) -> None:
        self.solids.close()
        self.see_through.close()


@dataclass(frozen=True, slots=True)
class _ShadePass:
    view: int | None
    shade: Framebuffer

    def close(self) -> None:
        self.shade.close()


class Renderer:
    """Owns everything on the GPU; can be dropped and made again at any time."""

    def __init__(
        self, found: Capabilities, quality: Quality | None = None, stereo: Stereo | None = None
    ) -> None:
        # A processor that draws has no time to spare for occlusion, except for a still.
        self.quality = quality or Quality(found.samples, has_occlusion=not found.is_software)
        self.stereo = stereo or _best_stereo(found)
        self.programs = Programs()
        self._mask = Mask()
        self._is_software = found.is_software
        self._can_pick_layer = found.has_layered_vertex
        self._geometry: Geometry | None = None
        self._state: FrameState | None = None
        self._map: MapState | None = None
        self._images: SceneImages | None = None
        self._marks: MarkPass | None = None
        self._slices: SlicePass | None = None
        self._cuts: CutPass | None = None
        self._is_cut = False
        self._panels = PanelPass()
        self._scene_passes: tuple[_ScenePass, ...] = ()
        self._shade_passes: tuple[_ShadePass, ...] = ()
        _set_fixed_state()

    def draw(self, draw: DrawData, views: tuple[View, ...], target: RenderTarget) -> None:
        """The target's framebuffers hold the finished picture afterwards."""
        if not views or target.width < 1 or target.height < 1:
            return
        images = self._fit_images(target, len(views))
        if draw.panels:
            self.paint(draw.panels)
        geometry, state = self._fit_geometry(draw, len(views))
        state.write(draw, views)
        self._fit_map().write(draw.map, geometry)
        marks, slices = self._written(draw, views), self._sliced(draw, geometry, images)
        self._fit_cuts(draw)
        self._mask.fit(views)
        for scene in self._scene_passes:
            self._draw_scene(scene, geometry, state, marks, slices, draw.panels)
        if self.quality.has_occlusion and state.has_solids:
            self._draw_occlusion(len(views))
        self._compose(draw, state, target, images)
        if draw.panels:
            self._panels.draw_on_screen(draw.panels, self.programs, target)

    def paint(self, panels: tuple[ShownPanel, ...]) -> tuple[PlainTexture, ...]:
        """Each panel's picture, drawn anew where its drawing changed."""
        return self._panels.fit(panels, self.programs)

    @property
    def coarse(self) -> tuple[Coarse, ...]:
        """Scans that the graphics card has no room for as they are."""
        return self._slices.coarse if self._slices else ()

    def notes(self) -> list[str]:
        """What the graphics card could not show whole; each once."""
        return self._slices.notes() if self._slices else []

    def close(self) -> None:
        self._drop_geometry()
        self._drop_images()
        for made in (self._marks, self._slices, self._cuts):
            if made is not None:
                made.close()
        self._marks = self._slices = self._cuts = None
        self._panels.close()
        self._mask.close()
        self.programs.close()

    @property
    def _samples(self) -> int:
        """As many as the driver gave: a mask of fewer would leave part of every pixel out."""
        return self.quality.samples if self._images is None else self._images.samples

    # -- what lies on the GPU ------------------------------------------------

    def _fit_images(self, target: RenderTarget, views: int) -> SceneImages:
        wanted = (target.width, target.height, views)
        images = self._images
        if images is not None and (images.width, images.height, images.layers) == wanted:
            return images
        self._drop_images()
        self._images = images = SceneImages(*wanted, self.quality.samples)
        scene_views = _views_drawn(views, self._is_single_pass(views))
        self._scene_passes = tuple(
            _ScenePass(view, images.solids(view), images.see_through(view)) for view in scene_views
        )
        shade_views = _views_drawn(views, views > 1 and self._can_pick_layer)
        self._shade_passes = tuple(_ShadePass(view, images.shade(view)) for view in shade_views)
        images.bind()
        return images

    def _fit_geometry(self, draw: DrawData, views: int) -> tuple[Geometry, FrameState]:
        instances = views if self._is_single_pass(views) else 1
        held, state = self._geometry, self._state
        if held and state and held.surfaces is draw.surfaces and held.instances == instances:
            return held, state
        self._drop_geometry()
        self._geometry = geometry = Geometry(draw.surfaces, instances)
        self._state = state = FrameState(geometry.commands(), instances)
        geometry.bind()
        return geometry, state

    def _fit_map(self) -> MapState:
        if self._map is None:
            self._map = MapState()
        return self._map

    # -- the passes ----------------------------------------------------------

    def _written(self, draw: DrawData, views: tuple[View, ...]) -> MarkPass | None:
        """None when there is nothing to write: most pictures have no letter in them."""
        if not (draw.marks or draw.measures):
            return None
        if self._marks is None:
            self._marks = MarkPass()
        self._marks.write(draw.marks, draw.measures, views)
        return self._marks

    def _sliced(self, draw: DrawData, geometry: Geometry, images: SceneImages) -> SlicePass | None:
        """None when no plane of a scan is shown, nor is to be rehearsed."""
        is_coming = draw.has_scans and not self.quality.waits_for_scans and self._slices is None
        if not (len(draw.slices.rows) or is_coming):
            return None
        if self._slices is None:
            self._slices = SlicePass(self._is_software)
        size = images.width, images.height
        self._slices.write(draw, geometry, size, self.quality.waits_for_scans)
        return self._slices

    def _fit_cuts(self, draw: DrawData) -> None:
        self._is_cut = bool(len(draw.cuts.rows))
        if not self._is_cut:
            return
        if self._cuts is None:
            self._cuts = CutPass()
        self._cuts.write(draw.cuts, len(draw.slices.rows) - draw.slices.caps)

    def _draw_scene(
        self,
        scene: _ScenePass,
        geometry: Geometry,
        state: FrameState,
        marks: MarkPass | None,
        slices: SlicePass | None,
        panels: tuple[ShownPanel, ...],
    ) -> None:
        direct.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, scene.solids.name)
        direct.glClear(GL.GL_DEPTH_BUFFER_BIT)
        self._mask.draw(self.programs, scene.view)
        self._use_mesh(scene.view)
        if state.has_solids:
            geometry.draw(state.solids_at)
            if self._is_cut and slices is not None:
                self._draw_caps(scene, geometry, state, slices)
        samples = samples_variant(self._samples)
        if marks is not None and marks.has_measures:
            behind = variants_of(scene.view, samples, Variant.BEHIND)
            self.programs.use("mark.vert", "mark.frag", behind)
            marks.draw_hidden_lines(geometry.instances)
        if slices is not None and slices.is_drawn:
            slices.draw(self.programs, scene.view, self._samples, geometry.instances, state)
        if marks is not None:  # after all that values are to be seen over
            self.programs.use("mark.vert", "mark.frag", variants_of(scene.view, samples))
            marks.draw(geometry.instances)
        if panels:
            views, finesse = geometry.instances, self._samples
            self._panels.draw_in_room(panels, self.programs, scene.view, views, finesse)
        if state.has_see_through:
            if marks is not None or slices is not None or panels:
                self._use_mesh(scene.view)
            self._draw_see_through(scene, geometry, state)

    def _draw_see_through(self, scene: _ScenePass, geometry: Geometry, state: FrameState) -> None:
        direct.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, scene.see_through.name)
        direct.glClear(GL.GL_COLOR_BUFFER_BIT)
        direct.glDepthMask(False)
        geometry.draw(state.see_through_at)
        direct.glDepthMask(True)

    def _use_mesh(self, view: int | None) -> None:
        cut = (Variant.CUT, samples_variant(self._samples)) if self._is_cut else ()
        self.programs.use("mesh.vert", "mesh.frag", variants_of(view, *cut))

    def _draw_caps(
        self, scene: _ScenePass, geometry: Geometry, state: FrameState, slices: SlicePass
    ) -> None:
        """Where the ghosts will be gathered, the crossings are before."""
        assert self._cuts is not None
        variants = variants_of(scene.view, Variant.CUT, samples_variant(self._samples))
        for batch, count in enumerate(self._cuts.counts):
            self._cuts.bind_batch(batch)
            direct.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, scene.see_through.name)
            direct.glClear(GL.GL_COLOR_BUFFER_BIT)
            GL.glDisable(GL.GL_DEPTH_TEST)
            self.programs.use("mesh.vert", "crossing.frag", variants)
            geometry.draw(state.solids_at)
            GL.glEnable(GL.GL_DEPTH_TEST)
            direct.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, scene.solids.name)
            self.programs.use("slice.vert", "slice.frag", variants)
            slices.draw_faces(count, geometry.instances)

    def _draw_occlusion(self, views: int) -> None:
        for one in self._shade_passes:
            direct.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, one.shade.name)
            variants = variants_of(one.view, Variant.HALF_SIZE)
            self.programs.use("screen.vert", "occlusion.frag", variants)
            _draw_screen(views if one.view is None else 1)

    def _compose(
        self, draw: DrawData, state: FrameState, target: RenderTarget, images: SceneImages
    ) -> None:
        views = images.layers
        is_shaded = self.quality.has_occlusion and state.has_solids
        look = _look_of(draw, state, target, is_shaded, images.samples)
        if target.layered is not None and views > 1 and self._can_pick_layer:
            passes: list[tuple[int | None, int]] = [(None, target.layered)]
        else:
            passes = list(enumerate(target.framebuffers[:views]))
        for view, framebuffer in passes:
            direct.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, framebuffer)
            if target.has_depth:  # what an earlier frame left there would win the depth test
                direct.glClear(GL.GL_DEPTH_BUFFER_BIT)
            variants = variants_of(view, *look)
            if not self.programs.has("screen.vert", "compose.frag", variants):
                if not self.quality.waits_for_scans:  # a still's next frame will not come
                    _ready_later(self.programs, variants)
            self.programs.use("screen.vert", "compose.frag", variants)
            _draw_screen(views if view is None else 1)

    def _is_single_pass(self, views: int) -> bool:
        return views > 1 and self.stereo is Stereo.SINGLE_PASS

    def _drop_geometry(self) -> None:
        for owned in (self._geometry, self._state, self._map):
            if owned is not None:
                owned.close()
        self._geometry, self._state, self._map = None, None, None

    def _drop_images(self) -> None:
        for scene in self._scene_passes:
            scene.close()
        for shade in self._shade_passes:
            shade.close()
        if self._images is not None:
            self._images.close()
        self._scene_passes, self._shade_passes, self._images = (), (), None


def _ready_later(programs: Programs, variants: frozenset[Variant]) -> None:
    """Who first points, or makes the first ghost, must not wait for a compiler."""
    plain = variants - _COME_LATER
    for later in (plain | {Variant.OUTLINE}, plain | {Variant.SEE_THROUGH}, plain | _COME_LATER):
        programs.ready("screen.vert", "compose.frag", later)


def _look_of(
    draw: DrawData, state: FrameState, target: RenderTarget, is_shaded: bool, samples: int
) -> tuple[Variant, ...]:
    """What the composing pass is compiled for."""
    return composing_variants(
        samples_variant(samples),
        is_shaded,
        state.has_see_through,
        draw.is_anything_pointed,
        draw.is_in_real_room,
        draw.is_on_white,
        target.is_srgb,
        target.has_depth,
    )


def _set_fixed_state() -> None:
    """All the state that never changes; a frame toggles depth writes and the viewport only."""
    GL.glClipControl(GL.GL_LOWER_LEFT, GL.GL_ZERO_TO_ONE)
    GL.glDepthFunc(GL.GL_GEQUAL)
    GL.glClearDepth(0.0)
    GL.glClearColor(0.0, 0.0, 0.0, 0.0)
    GL.glEnable(GL.GL_DEPTH_TEST)
    GL.glEnable(GL.GL_FRAMEBUFFER_SRGB)
    GL.glEnable(GL.GL_BLEND)
    GL.glBlendFunci(0, GL.GL_ONE, GL.GL_ZERO)
    GL.glBlendFunci(1, GL.GL_ONE, GL.GL_ONE)
    GL.glBlendFunci(2, GL.GL_ONE_MINUS_DST_COLOR, GL.GL_ONE)


def _views_drawn(views: int, all_at_once: bool) -> list[int | None]:
    return [None] if all_at_once else list(range(views))


def _draw_screen(instances: int) -> None:
    direct.glDrawArraysInstanced(GL.GL_TRIANGLES, 0, 3, instances)


def _best_stereo(found: Capabilities) -> Stereo:
    # Measured on llvmpipe: both eyes by instancing is 15 to 25 % slower than one call an eye.
    if found.has_layered_vertex and not found.is_software:
        return Stereo.SINGLE_PASS
    return Stereo.TWO_PASS
