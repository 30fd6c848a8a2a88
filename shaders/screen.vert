#version 450 core
// One triangle that covers the screen, or an image of half its size under the same viewport.
#ifdef SINGLE_PASS
#extension GL_ARB_shader_viewport_layer_array : require
#endif

out vec2 v_uv;
flat out int v_view;

void main() {
#ifdef SINGLE_PASS
    v_view = gl_InstanceID;
    gl_Layer = v_view;
#else
    v_view = VIEW;
#endif
    vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
#ifdef HALF_SIZE
    v_uv = corner * 2.0;
#else
    v_uv = corner;
#endif
    gl_Position = vec4(corner * 2.0 - 1.0, 1.0, 1.0); // on the near plane: passes every depth test
}
