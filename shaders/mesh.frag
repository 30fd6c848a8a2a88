#version 450 core
#include "lib/frame.glsl"
#include "lib/part.glsl"
#include "lib/lighting.glsl"
#include "lib/map.glsl"
#ifdef CUT
#include "lib/cut.glsl"

in vec3 v_case_mm;
#endif

in vec3 v_room;
in vec3 v_normal;
in vec3 v_part_mm;
centroid in float v_value;
flat in uint v_part;
flat in int v_view;

// The opaque target takes 0; the see-through target takes 1 and 2. The other writes go nowhere.
layout(location = 0) out vec4 o_color;      // alpha: 7 bits occlusion received, top bit pointed at
layout(location = 1) out vec4 o_gathered;   // sum of weighted premultiplied colour, and of weight
layout(location = 2) out float o_covered;  // 1 - product of (1 - alpha)

const float POINTED_BIT = 128.0 / 255.0;
const vec3 ACCENT = vec3(0.102, 0.434, 0.578);

// How much of a layer is seen through what lies before it, which no single layer knows. It takes
// the others for its own kind, so many of them evenly through the model.
const float LAYERS = 4.0;

float see_through_weight(float alpha, float away, float model_away, float radius) {
    float deep = clamp((away - model_away + radius) / (2.0 * radius), 0.0, 1.0);
    return max(pow(1.0 - alpha, LAYERS * deep), 1e-4);
}

void main() {
    Part p = parts[v_part];
#ifdef CUT
    int left = 0;
    for (int i = 0; i < SAMPLES; ++i)
        if (!is_cut_away(interpolateAtSample(v_case_mm, i), p.more.x, -1)) left |= 1 << i;
    if (left == 0) discard;
    gl_SampleMask[0] = left;
#endif
    vec3 to_eye = eye_position(v_view) - v_room;
    vec3 v = normalize(to_eye);
    vec3 n = normalize(v_normal);
    if (dot(n, v) < 0.0 && !gl_FrontFacing) n = -n; // the inside of a surface is a surface too
    vec3 color = lit(p.color.rgb, p.look.x, n, v);
    float pointed = step(0.5, p.look.w);
    float edge = pow(1.0 - abs(dot(n, v)), 2.0);
    color += ACCENT * pointed * (0.05 + 0.25 * edge);

    float received = p.look.z;
    float width = fwidth(v_value);
    if (is_mapped(v_value)) {
        color = map_color(v_value, width, v_part_mm);
        if (is_within_error(v_value)) color = lit(color, p.look.x, n, v);
        else received = 0.0;
    }
    o_color = vec4(color, pointed * POINTED_BIT + received * 127.0 / 255.0);

    // A ghost shows its edges more than its faces, or it would veil what is inside.
    float ghost = p.look.y * (1.0 - p.color.a);
    float shaped = mix(0.35 * p.color.a, min(0.9, 4.0 * p.color.a), edge * edge);
    float alpha = mix(p.color.a, shaped, ghost);
    float weight = alpha * see_through_weight(alpha, length(to_eye), distance(model.xyz, eye_position(v_view)), model.w);
    o_gathered = vec4(color * weight, weight);
    o_covered = alpha;
}
