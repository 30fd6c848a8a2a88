#version 450 core
// Planes through the scans: a rectangle an instance. No vertex buffer: see mark.vert.
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

out vec2 v_at;           // -1 to 1 on the rectangle
out vec3 v_voxel;
out vec3 v_second_voxel;
flat out int v_slice;
flat out int v_view;

const vec2 CORNERS[6] = vec2[](vec2(-1, -1), vec2(1, -1), vec2(1, 1), vec2(-1, -1), vec2(1, 1), vec2(-1, 1));

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
    v_at = CORNERS[gl_VertexID];
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
#endif
    gl_Position = eyes[v_view].clip_from_room * vec4(room, 1.0);
}
