#version 450 core
#ifdef SINGLE_PASS
#extension GL_ARB_shader_viewport_layer_array : require
#endif
#include "lib/frame.glsl"
#include "lib/part.glsl"

layout(location = 0) in vec3 position_mm;
layout(location = 1) in vec3 normal;
layout(location = 2) in uint part;
layout(location = 3) in float value;

out vec3 v_room;
out vec3 v_normal;
out vec3 v_part_mm;
#ifdef CUT
out vec3 v_case_mm;
#endif
centroid out float v_value; // a value beyond the triangle's edge would be made up
flat out uint v_part;
flat out int v_view;

void main() {
#ifdef SINGLE_PASS
    int view = gl_InstanceID;
    gl_Layer = view;
#else
    int view = VIEW;
#endif
    Part p = parts[part];
    vec4 local = vec4(position_mm, 1.0);
    vec3 case_mm = vec3(dot(p.row_x, local), dot(p.row_y, local), dot(p.row_z, local));
    vec3 turned = vec3(dot(p.row_x.xyz, normal), dot(p.row_y.xyz, normal), dot(p.row_z.xyz, normal));
    v_room = (room_from_case * vec4(case_mm + p.more.yzw, 1.0)).xyz;
    v_normal = mat3(room_from_case) * turned;
    v_part_mm = position_mm;
#ifdef CUT
    v_case_mm = case_mm;
#endif
    v_value = value;
    v_part = part;
    v_view = view;
    gl_Position = eyes[view].clip_from_room * vec4(v_room, 1.0);
}
