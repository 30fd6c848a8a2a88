#version 450 core
// What the lens never shows, laid on the near plane so that nothing behind it is shaded.
#ifdef SINGLE_PASS
#extension GL_ARB_shader_viewport_layer_array : require
#endif

layout(std430, binding = 3) readonly buffer Mask { vec4 corners[]; }; // clip x and y, view

void main() {
    vec4 corner = corners[gl_VertexID];
#ifdef SINGLE_PASS
    gl_Layer = int(corner.z);
#endif
    gl_Position = vec4(corner.xy, 1.0, 1.0);
}
