#version 450 core
// One triangle that covers the screen.
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
    v_uv = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
    gl_Position = vec4(v_uv * 2.0 - 1.0, 1.0, 1.0); // on the near plane: passes every depth test
}
