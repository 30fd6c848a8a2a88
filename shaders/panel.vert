#version 450 core
// A panel's triangles into its texture: pixels from the upper left.
layout(location = 0) in vec2 a_at;
layout(location = 1) in vec2 a_uv;
layout(location = 2) in vec4 a_color; // sRGB, straight alpha

layout(location = 0) uniform vec2 size_px;

out vec2 v_uv;
out vec4 v_color;

void main() {
    v_uv = a_uv;
    v_color = a_color;
    gl_Position = vec4(a_at.x / size_px.x * 2.0 - 1.0, 1.0 - a_at.y / size_px.y * 2.0, 0.5, 1.0);
}
