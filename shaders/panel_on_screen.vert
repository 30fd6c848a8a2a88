#version 450 core
// A finished panel over the picture of a window, pixel for pixel.
layout(location = 0) uniform vec4 box; // left, bottom, right, top in clip space

out vec2 v_uv;

const vec2 CORNERS[4] = vec2[](vec2(0, 0), vec2(1, 0), vec2(0, 1), vec2(1, 1));

void main() {
    v_uv = CORNERS[gl_VertexID];
    gl_Position = vec4(mix(box.xy, box.zw, v_uv), 1.0, 1.0); // on the near plane
}
