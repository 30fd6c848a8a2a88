#version 450 core
// Ambient occlusion in screen space, at half size: how much of the sky the neighbourhood hides.
// The estimator is the "Alchemy" one: cheap, no banding, and the radius is in the room's metres,
// so that it does not swim when the head comes closer.
#include "lib/frame.glsl"

layout(binding = 0) uniform sampler2DMSArray scene_depth;

in vec2 v_uv;
flat in int v_view;
layout(location = 0) out vec2 o_occlusion; // light left, distance in metres

const int TAPS = 16;
const float TURNS = 7.0;
const float STRENGTH = 3.2;

vec3 eye_point(ivec2 pixel, vec2 size) {
    float depth = texelFetch(scene_depth, ivec3(pixel, v_view), 0).r;
    vec2 uv = (vec2(pixel) + 0.5) / size;
    return eye_ray(v_view, uv) * eye_distance(depth);
}

vec3 nearer(vec3 centre, vec3 a, vec3 b) {
    vec3 da = a - centre, db = centre - b;
    return abs(da.z) < abs(db.z) ? da : db;
}

void main() {
    vec2 size = vec2(textureSize(scene_depth).xy);
    ivec2 last = ivec2(size) - 1, pixel = min(ivec2(v_uv * size), last);
    vec3 centre = eye_point(pixel, size);
    if (centre.z < -100.0) { o_occlusion = vec2(1.0, 100.0); return; }

    vec3 dx = nearer(centre, eye_point(min(pixel + ivec2(1, 0), last), size),
                     eye_point(max(pixel - ivec2(1, 0), ivec2(0)), size));
    vec3 dy = nearer(centre, eye_point(min(pixel + ivec2(0, 1), last), size),
                     eye_point(max(pixel - ivec2(0, 1), ivec2(0)), size));
    vec3 n = normalize(cross(dx, dy));

    vec4 t = eyes[v_view].tangents;
    float pixel_m = -centre.z * (t.y - t.x) / size.x;
    float radius = clamp(settings.z, 3.0 * pixel_m, -centre.z * key_direction.w);
    float pixels = radius / pixel_m;
    // Sixteen rotations in a 4x4 tile: the 4x4 smoothing afterwards averages each of them once.
    ivec2 tile = ivec2(gl_FragCoord.xy) & 3;
    float turn = (float(((tile.x ^ tile.y) << 2 | tile.y) * 7 & 15) + 0.5) / 16.0;
    float hidden = 0.0, count = 0.001;
    for (int i = 0; i < TAPS; ++i) {
        float along = (float(i) + turn) / float(TAPS);
        float angle = 6.2831853 * (along * TURNS + turn);
        ivec2 tap = pixel + ivec2(round(pixels * along * vec2(cos(angle), sin(angle))));
        if (tap != clamp(tap, ivec2(0), last)) continue; // beyond the picture nothing is known
        vec3 d = eye_point(tap, size) - centre;
        float d2 = dot(d, d), within = max(0.0, 1.0 - d2 / (radius * radius));
        hidden += within * max(0.0, dot(d, n) - 0.02 * radius) / (sqrt(d2) + 1e-6);
        count += 1.0;
    }
    float open = clamp(1.0 - STRENGTH * hidden / count, 0.0, 1.0);
    // Squared, for light that bounces about in a notch fades too; never black, for some comes out.
    o_occlusion = vec2(mix(0.12, 1.0, open * open), -centre.z);
}
