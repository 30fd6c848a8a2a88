#version 450 core
// A plane of a scan, opaque: each sample of the pixel asks for itself whether the scan is there.
// What is shown is the scan's own brightness: no light falls on it and nothing shades it.
#include "lib/frame.glsl"
#include "lib/volume.glsl"
#include "lib/slab.glsl"
#include "lib/bend.glsl"

#ifdef CUT
#include "lib/cut.glsl"

layout(binding = 2) uniform sampler2DMSArray crossings;
in vec3 v_case_mm;
flat in int v_face;
const vec3 PLAIN = vec3(0.20, 0.17, 0.15); // of a face that no scan reaches
#else
#include "lib/lighting.glsl"
#include "lib/stroke.glsl"

in vec3 v_room;
flat in float v_bar;
flat in vec3 v_bar_along;
flat in vec3 v_bar_aside;
const vec3 BAR = vec3(0.30, 0.33, 0.36);
const vec3 HELD = vec3(0.102, 0.434, 0.578);
#endif

in vec2 v_at;
in vec3 v_voxel;
in vec3 v_second_voxel;
flat in int v_slice;
flat in int v_view;

layout(location = 0) out vec4 o_color; // alpha 0: receives no occlusion and is not pointed at

const vec3 CROSS = vec3(0.70, 0.52, 0.06);
const float GAP = 0.06; // round the middle of the crosshair, of half a side

// 1 on the crosshair's lines; a pixel and a half wide.
float crosshair(Slice s) {
    vec2 off = abs(v_at - s.cross.xy), width = fwidth(v_at);
    vec2 line = (1.0 - smoothstep(0.5 * width, 1.5 * width, off)) * step(vec2(GAP), off.yx);
    return s.cross.z * max(line.x, line.y);
}

void main() {
    Slice s = slices[v_slice];
    int scan = int(s.middle.w), covered = 0;
#ifdef CUT
    ivec3 at = ivec3(gl_FragCoord.xy, v_view);
    int cut = int(face_cuts[v_face].x);
    float spared = face_cuts[v_face].y;
    for (int i = 0; i < SAMPLES; ++i)
        if (texelFetch(crossings, at, i)[v_face] > 0.5 && !is_cut_away(interpolateAtSample(v_case_mm, i), spared, cut))
            covered |= 1 << i;
    if (covered == 0) discard;
    gl_SampleMask[0] = covered;
    bool is_seen = scan >= 0 && is_in_scan(scan, v_voxel);
    o_color = vec4(is_seen ? slice_color(s, v_voxel, v_second_voxel) : PLAIN, 0.0);
#else
    if (v_bar > 0.0) {
        for (int i = 0; i < SAMPLES; ++i)
            if (is_in_stroke(v_bar, interpolateAtSample(v_at, i))) covered |= 1 << i;
        if (covered == 0) discard;
        gl_SampleMask[0] = covered;
        vec3 color = abs(s.blend.w) > 1.5 ? HELD : BAR;
        o_color = vec4(stroke_color(color, v_bar, v_at, v_bar_along, v_bar_aside, eye_position(v_view) - v_room), 0.0);
        return;
    }
    bool is_curved = s.curve.y > 0.5;
    vec3 voxel = v_voxel, second_voxel = v_second_voxel;
    if (is_curved) follow(s, v_at, voxel, second_voxel);
    for (int i = 0; i < SAMPLES; ++i)
        if (is_in_scan(scan, is_curved ? voxel : interpolateAtSample(v_voxel, i))) covered |= 1 << i;
    float marked = crosshair(s);
    if (covered == 0) discard;
    gl_SampleMask[0] = covered;
    vec3 color = slice_color(s, voxel, second_voxel);
    o_color = vec4(mix(color, CROSS, marked), 0.0);
#endif
}
