// Numbers on the surfaces. The layout is xrviewer/render/mapping.py's MAP_DTYPE.
layout(std430, binding = 4) readonly buffer ShownMap {
    vec4 map_range;       // low, 1 / (high - low), 1 if 0 means full loss, step of the isolines
    vec4 map_error;       // values nearer to 0 than x are none
    vec4 loss_colors[2];  // linear; stripes where all is lost
    vec4 map_colors[256]; // linear, from low to high
};

const float DEFINED_FROM = -1e20; // what is undefined is -1e30: not a number is not kept by all drivers
const float LOST_BELOW = 0.005;
const float STRIPE_MM = 1.0;

bool is_mapped(float value) { return value > DEFINED_FROM; }

bool is_within_error(float value) { return abs(value) < map_error.x; }

vec3 loss_color(vec3 case_mm) {
    return loss_colors[fract(dot(case_mm, vec3(0.5 / STRIPE_MM))) < 0.5 ? 0 : 1].rgb;
}

// 1 on a line where the value is a multiple of the step; a pixel and a half wide.
float isoline(float value, float width) {
    if (map_range.w <= 0.0) return 0.0;
    float off = abs(fract(value / map_range.w - 0.5) - 0.5) * map_range.w;
    return width < 0.25 * map_range.w ? 1.0 - smoothstep(0.5 * width, 1.5 * width, off) : 0.0;
}

// No light falls on it: a colour on the surface is the legend's colour. The grey of what is within
// error stands for no number, and is lit like a surface.
vec3 map_color(float value, float width, vec3 case_mm) {
    if (map_range.z > 0.5 && abs(value) < LOST_BELOW) return loss_color(case_mm);
    float share = clamp((value - map_range.x) * map_range.y, 0.0, 1.0);
    vec3 color = map_colors[min(int(share * 256.0), 255)].rgb;
    return mix(color, vec3(0.0), 0.6 * isoline(value, width));
}
