#version 450 core
// Writing and strokes: a quad an instance, in the room. No vertex buffer: the instances lie in a
// storage buffer, the corners come from the vertex number.
#ifdef SINGLE_PASS
#extension GL_ARB_shader_viewport_layer_array : require
#endif
#include "lib/frame.glsl"
#include "lib/mark.glsl"

out vec2 v_at;    // of a glyph: in its texture; of a stroke: in radii from its middle
out vec3 v_room;
flat out int v_mark;
flat out int v_view;

const vec2 CORNERS[6] = vec2[](vec2(-1, -1), vec2(1, -1), vec2(1, 1), vec2(-1, -1), vec2(1, 1), vec2(-1, 1));

void main() {
#ifdef SINGLE_PASS
    v_view = gl_InstanceID % 2;
    v_mark = gl_InstanceID / 2;
    gl_Layer = v_view;
#else
    v_view = VIEW;
    v_mark = gl_InstanceID;
#endif
    Mark m = marks[v_mark];
    vec2 corner = CORNERS[gl_VertexID];
    v_room = m.middle.xyz + corner.x * m.across.xyz + corner.y * m.along.xyz;
    vec2 glyph = mix(m.glyph.xy, m.glyph.zw, corner * 0.5 + 0.5);
    v_at = is_stroke(m) ? corner * vec2(m.glyph.x, 1.0) : glyph;
    gl_Position = eyes[v_view].clip_from_room * vec4(v_room, 1.0);
}
