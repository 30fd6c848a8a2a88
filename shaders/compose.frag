#version 450 core
// The last pass: resolves the samples, puts the see-through layers and the occlusion on, the room
// behind, a line round what is pointed at, and encodes for the target.
#include "lib/frame.glsl"
#include "lib/room.glsl"
#include "lib/srgb.glsl"
#include "lib/open.glsl"

layout(binding = 0) uniform sampler2DMSArray scene_depth;
layout(binding = 1) uniform sampler2DMSArray scene_color;
#ifdef SEE_THROUGH
layout(binding = 2) uniform sampler2DMSArray gathered;
layout(binding = 3) uniform sampler2DMSArray covered;
#endif
#ifdef OCCLUSION
layout(binding = 4) uniform sampler2DArray occlusion;
#endif

in vec2 v_uv;
flat in int v_view;
layout(location = 0) out vec4 o_color;

// The neighbours at the same distance only, or the shade would bleed over silhouettes.
float light_left(float distance_m) {
#ifdef OCCLUSION
    ivec2 size = textureSize(occlusion, 0).xy;
    vec2 base = v_uv * vec2(textureSize(scene_depth).xy) * 0.5 - 0.5;
    float sum = 0.0, weights = 1e-4;
    for (int y = -1; y <= 2; ++y)
        for (int x = -1; x <= 2; ++x) {
            ivec2 at = clamp(ivec2(floor(base)) + ivec2(x, y), ivec2(0), size - 1);
            vec2 tap = texelFetch(occlusion, ivec3(at, v_view), 0).rg;
            float w = exp(-abs(tap.y - distance_m) / (0.03 * distance_m));
            sum += tap.x * w;
            weights += w;
        }
    return (sum + 1e-4) / weights;
#else
    return 1.0;
#endif
}

#ifdef OUTLINE
#include "lib/outline.glsl"
#endif

vec4 one_sample(ivec3 at, int i, float depth, vec4 background, float light) {
    vec4 color = background;
    if (depth > 0.0) {
        vec4 surface = texelFetch(scene_color, at, i);
        float received = mod(surface.a * 255.0 + 0.5, 128.0) / 127.0;
        color = vec4(surface.rgb * mix(1.0, light, clamp(received, 0.0, 1.0)), 1.0);
    }
#ifdef SEE_THROUGH
    vec4 sum = texelFetch(gathered, at, i);
    vec4 ghost = vec4(sum.rgb / max(sum.a, 1e-5), 1.0);
    color = mix(color, ghost, texelFetch(covered, at, i).r);
#endif
    return color;
}

// Only where nothing else has a share in the pixel: its colour is right without what lies behind,
// for it was drawn with it, so that mirrors and films have it too.
bool is_sample_open(ivec3 at, int i) {
#ifdef SEE_THROUGH
    if (texelFetch(covered, at, i).r > 0.0) return false;
#endif
    return is_open(texelFetch(scene_color, at, i));
}

void main() {
    ivec2 size = textureSize(scene_depth).xy;
    ivec2 pixel = min(ivec2(v_uv * vec2(size)), size - 1);
    ivec3 at = ivec3(pixel, v_view);
    vec3 direction = mat3(eyes[v_view].room_from_eye) * eye_ray(v_view, v_uv);
#ifdef REAL_ROOM
    vec4 background = vec4(0.0);
#elif defined(ON_WHITE)
    vec4 background = vec4(1.0);
#else
    vec4 background = vec4(room_color(eye_position(v_view), direction), 1.0);
#endif

    float depths[SAMPLES];
    float nearest = 0.0;
    for (int i = 0; i < SAMPLES; ++i) {
        depths[i] = texelFetch(scene_depth, at, i).r;
        nearest = max(nearest, depths[i]);
    }
    float light = nearest > 0.0 ? light_left(eye_distance(nearest)) : 1.0;
    vec4 color = vec4(0.0);
    bool is_all_open = true;
    for (int i = 0; i < SAMPLES; ++i) {
        color += one_sample(at, i, depths[i], background, light);
        is_all_open = is_all_open && depths[i] > 0.0 && is_sample_open(at, i);
    }
    color /= float(SAMPLES);
#ifdef OUTLINE
    float line = outline(pixel, size - 1);
    color = mix(color, vec4(ACCENT, 1.0), line);
    is_all_open = is_all_open && line == 0.0;
#endif
    // The edge of sight darkens while the world moves and the body does not; by angle, not by pixel.
    float off_axis = length(eye_ray(v_view, v_uv).xy); // tangent from straight ahead
    float darker = settings.w * smoothstep(0.40, 0.85, off_axis);
    color.rgb *= 1.0 - darker;
    color = min(color, vec4(1.0)); // premultiplied: alpha is what is not the real room
    if (is_all_open && darker == 0.0) color.a = 0.0;
#ifdef ENCODE_SRGB
    color.rgb = srgb(color.rgb);
#endif
    o_color = color;
#ifdef WRITE_DEPTH
    gl_FragDepth = nearest;
#endif
}
