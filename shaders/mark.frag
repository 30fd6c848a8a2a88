#version 450 core
// Opaque, and smooth at the edges: each sample of the pixel asks for itself whether it is covered.
// Blended writing would need an order; this writes depth like any solid.
#include "lib/frame.glsl"
#include "lib/mark.glsl"
#include "lib/lighting.glsl"
#include "lib/stroke.glsl"

layout(binding = 5) uniform sampler2D glyphs; // signed distance, 0.5 at the outline

in vec2 v_at;
in vec3 v_room;
flat in int v_mark;
flat in int v_view;

layout(location = 0) out vec4 o_color; // alpha 0: receives no occlusion and is not pointed at

const float RIM = 0.36; // how far out the dark rim of a letter lies, for bright rooms behind it

#if SAMPLES > 1
#define FAINT 0x55
#else
#define FAINT (int(gl_FragCoord.x) + int(gl_FragCoord.y) & 1)
#endif

bool covers(Mark m, vec2 at) {
    return is_stroke(m) ? is_in_stroke(m.glyph.x, at) : texture(glyphs, at).r >= RIM;
}

void main() {
    Mark m = marks[v_mark];
    int covered = 0;
    for (int i = 0; i < SAMPLES; ++i)
        if (covers(m, interpolateAtSample(v_at, i))) covered |= 1 << i;
#ifdef BEHIND
    // Half of the samples: half as strong, and still in no need of an order.
    covered &= FAINT;
#endif
    if (covered == 0) discard;
    gl_SampleMask[0] = covered;
    vec3 color = m.color.rgb;
    if (is_stroke(m)) {
        vec3 x = normalize(m.across.xyz), y = normalize(m.along.xyz);
        if (m.color.a > 0.5) color = stroke_color(color, m.glyph.x, v_at, x, y, eye_position(v_view) - v_room);
    } else {
        float inside = texture(glyphs, v_at).r, width = max(fwidth(inside), 1e-4);
        color *= clamp((inside - 0.5) / width + 0.5, 0.0, 1.0);
    }
    o_color = vec4(color, 0.0);
}
