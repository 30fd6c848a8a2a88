#version 450 core
// In the structure's colour, with a dark edge: seen on what is bright and on what is dark.
#include "lib/volume.glsl"

in vec3 v_voxel;
in float v_aside;
flat in vec3 v_color;
flat in int v_scan;

layout(location = 0) out vec4 o_color; // as a slice's

void main() {
    if (!is_in_scan(v_scan, v_voxel)) discard;
    o_color = vec4(v_color * mix(1.0, 0.06, smoothstep(0.5, 0.85, v_aside)), 0.0);
}
