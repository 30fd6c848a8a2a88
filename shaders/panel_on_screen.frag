#version 450 core
// Blended by premultiplied alpha: in codes where the target does not encode by itself.
#include "lib/srgb.glsl"

layout(binding = 7) uniform sampler2D panel; // linear light, premultiplied

in vec2 v_uv;

layout(location = 0) out vec4 o_color;

void main() {
    vec4 seen = texture(panel, v_uv);
#ifdef ENCODE_SRGB
    seen.rgb = srgb(seen.rgb / max(seen.a, 1e-4)) * seen.a;
#endif
    o_color = seen;
}
