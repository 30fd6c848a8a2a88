#version 450 core
// One colour, covered as far as the glyphs' image says; linear light, premultiplied.
#include "lib/srgb.glsl"

layout(binding = 6) uniform sampler2D glyphs;

in vec2 v_uv;
in vec4 v_color;

layout(location = 0) out vec4 o_color;

void main() {
    float alpha = v_color.a * texture(glyphs, v_uv).r;
    o_color = vec4(linear_from_srgb(v_color.rgb) * alpha, alpha);
}
