#version 450 core
// Planes through the scans: a rectangle an instance, and the four bars of its frame. No vertex
// buffer: see mark.vert.
#ifdef SINGLE_PASS
#extension GL_ARB_shader_viewport_layer_array : require
#endif
#include "lib/frame.glsl"
#include "lib/volume.glsl"
#ifdef CUT
#include "lib/cut.glsl"

out vec3 v_case_mm;
flat out int v_face;
#endif

out vec2 v_at;           // -1 to 1 on the rectangle; of a bar: in radii from its middle
out vec3 v_voxel;
out vec3 v_second_voxel;
flat out int v_slice;
flat out int v_view;
#ifndef CUT
out vec3 v_room;
flat out float v_bar; // half its length in radii; 0 for the picture
flat out vec3 v_bar_along;
flat out vec3 v_bar_aside;
#endif

const vec2 CORNERS[6] = vec2[](vec2(-1, -1), vec2(1, -1), vec2(1, 1), vec2(-1, -1), vec2(1, 1), vec2(-1, 1));

#ifndef CUT
const float BAR_SHARE = 0.03; // of the longer half side: a bar's radius; as document/planes.py says
const vec2 AROUND[5] = vec2[](vec2(-1, -1), vec2(1, -1), vec2(1, 1), vec2(-1, 1), vec2(-1, -1));

// One side of the frame, as a quad that faces the eye; returns where the corner is.
vec3 bar(Slice s, int side, vec2 corner) {
    float wide = length(s.across.xyz), high = length(s.along.xyz), radius = BAR_SHARE * max(wide, high);
    vec3 out_mm = s.across.xyz * (1.0 + radius / max(wide, 1e-6)), up_mm = s.along.xyz * (1.0 + radius / max(high, 1e-6));
    vec3 ends[2];
    for (int i = 0; i < 2; ++i) {
        vec2 at = AROUND[side + i];
        ends[i] = (room_from_case * vec4(s.middle.xyz + at.x * out_mm + at.y * up_mm, 1.0)).xyz;
    }
    vec3 middle = (ends[0] + ends[1]) / 2.0, way = (ends[1] - ends[0]) / 2.0;
    float size = length(way), thick = radius * length(room_from_case[0].xyz);
    v_bar_along = way / max(size, 1e-9);
    v_bar_aside = normalize(cross(eye_position(v_view) - middle, v_bar_along));
    v_bar = 1.0 + size / max(thick, 1e-9);
    v_at = corner * vec2(v_bar, 1.0);
    return middle + thick * (v_at.x * v_bar_along + v_at.y * v_bar_aside);
}
#endif

void main() {
#ifdef SINGLE_PASS
    v_view = gl_InstanceID % 2;
    v_slice = gl_InstanceID / 2;
    gl_Layer = v_view;
#else
    v_view = VIEW;
    v_slice = gl_InstanceID;
#endif
#ifdef CUT
    v_slice += int(face_first.x);
#endif
    Slice s = slices[v_slice];
    v_at = CORNERS[gl_VertexID % 6];
    vec3 case_mm = s.middle.xyz + v_at.x * s.across.xyz + v_at.y * s.along.xyz;
    vec3 aside = vec3(s.along.w, 0.0, 0.0); // after all cuts, as the parts of a second date are
    vec3 room = (room_from_case * vec4(case_mm + aside, 1.0)).xyz;
    v_voxel = s.voxel_middle[0].xyz + v_at.x * s.voxel_across[0].xyz + v_at.y * s.voxel_along[0].xyz;
    v_second_voxel = s.voxel_middle[1].xyz + v_at.x * s.voxel_across[1].xyz + v_at.y * s.voxel_along[1].xyz;
#ifdef CUT
    v_case_mm = case_mm;
    v_face = v_slice - int(face_first.x);
    vec3 eye_mm = (inverse(room_from_case) * vec4(eye_position(v_view), 1.0)).xyz - aside;
    // From behind, what is cut is whole: there is no face to see.
    if (over_face(v_face, eye_mm) <= 0.0) room = eye_position(v_view);
#else
    int side = gl_VertexID / 6 - 1;
    bool is_there = side < 0 ? s.blend.w >= 0.0 : s.blend.w != 0.0;
    v_bar = 0.0;
    if (!is_there) room = eye_position(v_view);
    else if (side >= 0) room = bar(s, side, v_at);
    v_room = room;
#endif
    gl_Position = eyes[v_view].clip_from_room * vec4(room, 1.0);
}
