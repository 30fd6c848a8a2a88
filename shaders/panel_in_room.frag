#version 450 core
// Opaque where the panel is, so that it needs no order among ghosts; the round corners sample by
// sample. From behind it is dark glass without its writing, which would be mirrored.
layout(binding = 7) uniform sampler2D panel; // linear light, premultiplied
layout(location = 1) uniform float behind;   // OPEN where a compositor shows it too, else 0

layout(location = 2) uniform vec4 piece;

in vec2 v_uv;
in vec2 v_at;

layout(location = 0) out vec4 o_color; // alpha 0: receives no occlusion and is not pointed at

// The rim is left closed: head and picture move on between drawing and showing, and beyond the
// layer's edge there is nothing.
const float RIM_LEVEL = 4.0; // of the texture's smaller copies: some 16 of its pixels

void main() {
    int covered = 0;
    for (int i = 0; i < SAMPLES; ++i)
        if (textureLod(panel, interpolateAtSample(v_uv, i), 0.0).a > 0.5) covered |= 1 << i;
    if (covered == 0) discard;
    gl_SampleMask[0] = covered;
    vec4 seen = texture(panel, v_uv);
    vec2 rim = exp2(RIM_LEVEL) / (vec2(textureSize(panel, 0)) * piece.zw);
    bool is_inside = all(greaterThan(v_at, rim)) && all(lessThan(v_at, 1.0 - rim));
    is_inside = is_inside && textureLod(panel, v_uv, RIM_LEVEL).a > 0.995;
    vec3 front = seen.rgb / max(seen.a, 0.5);
    if (gl_FrontFacing) o_color = vec4(front, is_inside ? behind : 0.0);
    else o_color = vec4(0.0070, 0.0091, 0.0123, 0.0);
}
