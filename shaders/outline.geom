#version 450 core
// Where a triangle passes through a slice there is a line: exact, and as wide on the eye at any scale.
#include "lib/frame.glsl"
#include "lib/part.glsl"
#include "lib/volume.glsl"

const int AT_ONCE = 12; // rectangles; as xrviewer/render/outlines.py says
const float HALF_WIDTH = 0.0009; // tangent of the angle it is seen under
const float LEAST_PX = 0.9;      // half a width that is never dashed
const float TOWARDS_EYE = 0.001; // share of the distance: before the slice it lies in

layout(triangles) in;
layout(triangle_strip, max_vertices = 72) out;

in vec3 g_case_mm[];
flat in uint g_part[];
flat in int g_view[];
flat in int g_dozen[]; // which of the rectangles are looked at

out vec3 v_voxel;
out float v_aside; // from the middle of the line to its edges, 0 to 1
flat out vec3 v_color;
flat out int v_scan;

// The two points in which the plane meets the triangle's sides.
bool ends(Slice s, out vec3 found[2]) {
    int count = 0;
    for (int i = 0; i < 3; ++i) {
        vec3 a = g_case_mm[i], b = g_case_mm[(i + 1) % 3];
        float over_a = dot(s.case_over, vec4(a, 1.0)), over_b = dot(s.case_over, vec4(b, 1.0));
        if ((over_a < 0.0) == (over_b < 0.0)) continue;
        found[count++] = mix(a, b, over_a / (over_a - over_b));
        if (count == 2) return true;
    }
    return false;
}

vec2 on_slice(Slice s, vec3 case_mm) {
    vec4 p = vec4(case_mm, 1.0);
    return vec2(dot(s.case_across, p), dot(s.case_along, p));
}

void emit(Slice s, vec2 at, vec4 clip, vec2 shift, float aside) {
    v_voxel = s.voxel_middle[0].xyz + at.x * s.voxel_across[0].xyz + at.y * s.voxel_along[0].xyz;
    v_scan = int(s.middle.w);
    v_color = parts[g_part[0]].color.rgb;
    v_aside = aside;
    #ifdef SINGLE_PASS
    gl_Layer = g_view[0];
#endif
    // The middle before its edges, so that a line is whole where the next one begins.
    float nearer = 1.0 + TOWARDS_EYE * (2.0 - aside);
    gl_Position = vec4(clip.xy + shift * clip.w, clip.z * nearer, clip.w);
    EmitVertex();
}

void draw(Slice s, vec2 from, vec2 to) {
    int view = g_view[0];
    vec4 clip[2];
    vec2 at[2] = vec2[](from, to);
    for (int i = 0; i < 2; ++i) {
        vec3 case_mm = s.middle.xyz + at[i].x * s.across.xyz + at[i].y * s.along.xyz;
        clip[i] = eyes[view].clip_from_room * room_from_case * vec4(case_mm, 1.0);
        if (clip[i].w <= settings.x) return;
    }
    vec2 half_px = drawn.yz / 2.0;
    vec2 way = (clip[1].xy / clip[1].w - clip[0].xy / clip[0].w) * half_px;
    float length_px = length(way);
    if (length_px < 1e-4) return;
    way /= length_px;
    vec4 t = eyes[view].tangents;
    float wide_px = max(LEAST_PX, HALF_WIDTH * drawn.z / abs(t.z - t.w));
    vec2 aside = vec2(-way.y, way.x) * wide_px / half_px, ahead = way * wide_px * 0.5 / half_px;
    for (int side = -1; side <= 1; ++side)
        for (int i = 0; i < 2; ++i)
            emit(s, at[i], clip[i], ahead * float(2 * i - 1) + aside * float(side), abs(float(side)));
    EndPrimitive();
}

void main() {
    bool is_seen = parts[g_part[0]].color.a > 0.0;
    int first = g_dozen[0] * AT_ONCE;
    for (int i = first; i < min(int(drawn.x), first + AT_ONCE); ++i) {
        Slice s = slices[i];
        vec3 found[2];
        if (s.blend.y < (is_seen ? 0.5 : 1.5) || !ends(s, found)) continue;
        draw(s, on_slice(s, found[0]), on_slice(s, found[1]));
    }
}
