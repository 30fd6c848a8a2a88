#version 450 core
// The structures as they lie in the scan, whatever the hands have done with them.
layout(location = 0) in vec3 position_mm;
layout(location = 2) in uint part;

out vec3 g_case_mm;
flat out uint g_part;
flat out int g_view;
flat out int g_dozen;

void main() {
#ifdef SINGLE_PASS
    g_view = gl_InstanceID % 2;
    g_dozen = gl_InstanceID / 2;
#else
    g_view = VIEW;
    g_dozen = gl_InstanceID;
#endif
    g_case_mm = position_mm;
    g_part = part;
    gl_Position = vec4(0.0);
}
