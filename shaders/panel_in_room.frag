#version 450 core
// Opaque where the panel is, so that it needs no order among ghosts; the round corners sample by
// sample. From behind it is dark glass without its writing, which would be mirrored.
layout(binding = 7) uniform sampler2D panel; // linear light, premultiplied

in vec2 v_uv;

layout(location = 0) out vec4 o_color; // alpha 0: receives no occlusion and is not pointed at

void main() {
    int covered = 0;
    for (int i = 0; i < SAMPLES; ++i)
        if (textureLod(panel, interpolateAtSample(v_uv, i), 0.0).a > 0.5) covered |= 1 << i;
    if (covered == 0) discard;
    gl_SampleMask[0] = covered;
    vec4 seen = texture(panel, v_uv);
    o_color = vec4(gl_FrontFacing ? seen.rgb / max(seen.a, 0.5) : vec3(0.0070, 0.0091, 0.0123), 0.0);
}
