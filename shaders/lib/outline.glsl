// A line just outside the part that is pointed at. Needs scene_depth, scene_color and v_view.
const vec3 ACCENT = vec3(0.102, 0.434, 0.578);

bool is_pointed(ivec2 at) {
    ivec3 t = ivec3(at, v_view); // where nothing was drawn the colour holds old frames
    return texelFetch(scene_depth, t, 0).r > 0.0 && texelFetch(scene_color, t, 0).a > 0.5;
}

// How much of a line round the pointed part lies on this pixel, just outside it.
float outline(ivec2 pixel, ivec2 last) {
    if (is_pointed(pixel)) return 0.0;
    float near_it = 0.0;
    for (int i = 0; i < 12; ++i) {
        float angle = float(i) * 0.5235988;
        vec2 tap = vec2(pixel) + 0.5 + (i % 2 == 0 ? 2.0 : 1.2) * vec2(cos(angle), sin(angle));
        near_it += is_pointed(clamp(ivec2(tap), ivec2(0), last)) ? 1.0 : 0.0;
    }
    return smoothstep(0.0, 4.0, near_it);
}
