"""See-through parts drawn exactly, by depth peeling: what every faster way is measured against.

Each sample of the picture is peeled from the eye inwards until nothing is left, in floats, with
the same shader that shades the parts elsewhere; a hundred times slower than a frame may be.
"""

from __future__ import annotations

from collections.abc import Callable

from OpenGL import GL

from xrviewer.gpu.owned import Owned
from xrviewer.gpu.program import expanded_source
from xrviewer.gpu.target import Framebuffer
from xrviewer.gpu.texture import LayeredTexture
from xrviewer.render.geometry import Geometry
from xrviewer.render.programs import view_variant
from xrviewer.render.renderer import Renderer, _ScenePass
from xrviewer.render.state import FrameState

MOST_LAYERS = 200
_SOLIDS, _BEFORE, _COLOR, _ALPHA, _SUM = 0, 6, 7, 8, 9
"""Texture units; 0 is the renderer's own depth of the solids."""
_PEEL = f"""
layout(binding = {_SOLIDS}) uniform sampler2DMSArray solids;
layout(binding = {_BEFORE}) uniform sampler2DMSArray before;
void keep_the_next_layer() {{
    ivec3 at = ivec3(gl_FragCoord.xy, VIEW);
    if (gl_FragCoord.z < texelFetch(solids, at, gl_SampleID).r) discard;
    if (gl_FragCoord.z >= texelFetch(before, ivec3(at.xy, 0), gl_SampleID).r) discard;
}}
"""
_UNDER = f"""#version 450 core
layout(binding = {_COLOR}) uniform sampler2DMSArray color;
layout(binding = {_ALPHA}) uniform sampler2DMSArray alpha;
layout(location = 0) out vec4 o_layer;
void main() {{
    ivec3 at = ivec3(gl_FragCoord.xy, 0);
    float a = texelFetch(alpha, at, gl_SampleID).r;
    vec4 sum = texelFetch(color, at, gl_SampleID);
    o_layer = vec4(a * sum.rgb / max(sum.a, 1e-20), a);
}}
"""
_FINISH = f"""#version 450 core
layout(binding = {_SUM}) uniform sampler2DMSArray sum;
layout(location = 1) out vec4 o_gathered;
layout(location = 2) out float o_covered;
void main() {{
    vec4 s = texelFetch(sum, ivec3(gl_FragCoord.xy, 0), gl_SampleID);
    o_gathered = vec4(s.rgb, 1.0 - s.a);
    o_covered = 1.0 - s.a;
}}
"""


class _Text(Owned):
    """A program of sources that lie in no file."""

    def __init__(self, vertex: str, fragment: str) -> None:
        super().__init__(int(GL.glCreateProgram()))
        for kind, source in ((GL.GL_VERTEX_SHADER, vertex), (GL.GL_FRAGMENT_SHADER, fragment)):
            shader = GL.glCreateShader(kind)
            GL.glShaderSource(shader, source)
            GL.glCompileShader(shader)
            assert GL.glGetShaderiv(shader, GL.GL_COMPILE_STATUS), GL.glGetShaderInfoLog(shader)
            GL.glAttachShader(self.name, shader)
            GL.glDeleteShader(shader)
        GL.glLinkProgram(self.name)
        assert GL.glGetProgramiv(self.name, GL.GL_LINK_STATUS), GL.glGetProgramInfoLog(self.name)

    def _free(self, name: int) -> None:
        GL.glDeleteProgram(name)


class PeelingRenderer(Renderer):
    """Draws like any renderer, but for the see-through parts; eyes one after the other."""

    layers_peeled = 0
    """In the deepest pixel of the last view."""

    def _draw_see_through(self, scene: _ScenePass, geometry: Geometry, state: FrameState) -> None:
        assert scene.view is not None and self._images is not None
        images, view = self._images, view_variant(scene.view)
        peeling = _Peeling((images.width, images.height, 1, images.samples), view)
        for slot in (1, 2):
            GL.glDisablei(GL.GL_BLEND, slot)
        self.layers_peeled = peeling.peel(lambda: geometry.draw(state.see_through_at))
        GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, scene.see_through.name)
        peeling.finish()
        for slot in (1, 2):
            GL.glEnablei(GL.GL_BLEND, slot)
        peeling.close()


class _Peeling:
    """The images and programs of one view's peeling."""

    def __init__(self, size: tuple[int, int, int, int], view: str) -> None:
        peels = [LayeredTexture(GL.GL_DEPTH_COMPONENT32F, *size) for _ in range(2)]
        color, alpha, total = (
            LayeredTexture(f, *size) for f in (GL.GL_RGBA32F, GL.GL_R32F, GL.GL_RGBA32F)
        )
        self._peels, self._sums = peels, Framebuffer({0: total})
        self._layers = [Framebuffer({1: color, 2: alpha}, peel) for peel in peels]
        vertex = expanded_source("screen.vert", (view,))[0]
        self._mesh = _Text(expanded_source("mesh.vert", (view,))[0], _peeling_fragment(view))
        self._under, self._finish = _Text(vertex, _UNDER), _Text(vertex, _FINISH)
        self._owned = (*self._layers, self._sums, *peels, color, alpha, total)
        for unit, texture in ((_COLOR, color), (_ALPHA, alpha), (_SUM, total)):
            GL.glBindTextureUnit(unit, texture.name)

    def peel(self, draw: Callable[[], None]) -> int:
        """How many layers the deepest sample had; their sum is in the images then."""
        GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, self._sums.name)
        GL.glClearBufferfv(GL.GL_COLOR, 0, (0.0, 0.0, 0.0, 1.0))
        GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, self._layers[1].name)
        GL.glClearBufferfv(GL.GL_DEPTH, 0, (1.0,))
        query, peeled = int(GL.glGenQueries(1)[0]), 0
        while peeled < MOST_LAYERS and self._peel_one(peeled, draw, query):
            peeled += 1
        GL.glDeleteQueries(1, [query])
        GL.glBlendFunci(0, GL.GL_ONE, GL.GL_ZERO)
        return peeled

    def _peel_one(self, number: int, draw: Callable[[], None], query: int) -> bool:
        GL.glBindTextureUnit(_BEFORE, self._peels[(number + 1) % 2].name)
        GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, self._layers[number % 2].name)
        GL.glClearBufferfv(GL.GL_DEPTH, 0, (0.0,))
        for slot in (1, 2):
            GL.glClearBufferfv(GL.GL_COLOR, slot, (0.0,) * 4)
        GL.glUseProgram(self._mesh.name)
        GL.glBeginQuery(GL.GL_ANY_SAMPLES_PASSED, query)
        draw()
        GL.glEndQuery(GL.GL_ANY_SAMPLES_PASSED)
        GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, self._sums.name)
        GL.glBlendFuncSeparatei(
            0, GL.GL_DST_ALPHA, GL.GL_ONE, GL.GL_ZERO, GL.GL_ONE_MINUS_SRC_ALPHA
        )
        GL.glUseProgram(self._under.name)
        GL.glDrawArrays(GL.GL_TRIANGLES, 0, 3)
        return bool(GL.glGetQueryObjectuiv(query, GL.GL_QUERY_RESULT))

    def finish(self) -> None:
        GL.glDepthMask(False)
        GL.glUseProgram(self._finish.name)
        GL.glDrawArrays(GL.GL_TRIANGLES, 0, 3)
        GL.glDepthMask(True)

    def close(self) -> None:
        for owned in (*self._owned, self._mesh, self._under, self._finish):
            owned.close()


def _peeling_fragment(view: str) -> str:
    source = expanded_source("mesh.frag", (view,))[0]
    head, main, rest = source.partition("void main() {")
    return head + _PEEL + main + "\n    keep_the_next_layer();" + rest
