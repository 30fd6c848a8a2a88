#version 450 core
// A finished panel as a flat board in the room.
#ifdef SINGLE_PASS
#extension GL_ARB_shader_viewport_layer_array : require
#endif
#include "lib/frame.glsl"

layout(location = 0) uniform mat4 room_from_board; // of the unit square about its middle
layout(location = 2) uniform vec4 piece;           // of the picture: lower left corner, and size

out vec2 v_uv;
out vec2 v_at; // on the board itself

const vec2 CORNERS[4] = vec2[](vec2(0, 0), vec2(1, 0), vec2(0, 1), vec2(1, 1));

void main() {
#ifdef SINGLE_PASS
    int view = gl_InstanceID;
    gl_Layer = view;
#else
    const int view = VIEW;
#endif
    v_at = CORNERS[gl_VertexID];
    v_uv = piece.xy + piece.zw * v_at;
    gl_Position = eyes[view].clip_from_room * room_from_board * vec4(v_at - 0.5, 0.0, 1.0);
}
