#version 450 core
// A finished panel as a flat board in the room.
#ifdef SINGLE_PASS
#extension GL_ARB_shader_viewport_layer_array : require
#endif
#include "lib/frame.glsl"

layout(location = 0) uniform mat4 room_from_board; // of the unit square about its middle

out vec2 v_uv;

const vec2 CORNERS[4] = vec2[](vec2(0, 0), vec2(1, 0), vec2(0, 1), vec2(1, 1));

void main() {
#ifdef SINGLE_PASS
    int view = gl_InstanceID;
    gl_Layer = view;
#else
    const int view = VIEW;
#endif
    v_uv = CORNERS[gl_VertexID];
    gl_Position = eyes[view].clip_from_room * room_from_board * vec4(v_uv - 0.5, 0.0, 1.0);
}
