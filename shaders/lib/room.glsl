// The room around the model: a quiet dark, a floor to stand on, a table edge under the model.
const vec3 DARK = vec3(0.018, 0.020, 0.024);
const vec3 LINE = vec3(0.10, 0.115, 0.13);

// 1 on a grid line of that spacing; one pixel wide at any distance, and gone before it would shimmer.
float grid_line(vec2 p, float spacing, vec2 footprint) {
    vec2 cell = p / spacing, width = footprint / spacing;
    vec2 off = abs(fract(cell - 0.5) - 0.5) / max(width, vec2(1e-6));
    float line = 1.0 - clamp(min(off.x, off.y), 0.0, 1.0);
    return line * clamp(1.0 - 2.5 * max(width.x, width.y), 0.0, 1.0);
}

vec3 floor_color(vec3 base, vec3 eye, vec3 direction) {
    float distance_m = -eye.y / min(direction.y, -1e-3); // finite at the horizon
    vec2 p = eye.xz + direction.xz * distance_m;
    vec2 footprint = vec2(fwidth(p.x), fwidth(p.y));
    float fade = max(1.0 - distance(p, shadow.xz) / 4.0, 1.0 - distance(p, eye.xz) / 1.5);
    if (direction.y >= -1e-3 || eye.y <= 0.0 || fade <= 0.0) return base;
    float fine = grid_line(p, 0.1, footprint), coarse = grid_line(p, 1.0, footprint);
    float strength = settings.y * fade * fade;
    return mix(base, LINE, strength * max(0.30 * fine, 0.85 * coarse));
}

// The table: a disc a little lighter than the room, its edge drawn, the model's soft shadow on it.
vec3 table_color(vec3 base, vec3 eye, vec3 direction) {
    float distance_m = (table.y - eye.y) / min(direction.y, -1e-3);
    vec2 p = eye.xz + direction.xz * distance_m - table.xz;
    float r = length(p), pixel = min(fwidth(r), 0.5 * table.w); // at the horizon it has no end
    if (table.w <= 0.0 || direction.y >= -1e-3 || eye.y <= table.y) return base;
    float inside = 1.0 - smoothstep(table.w - pixel, table.w + pixel, r);
    float edge = 1.0 - smoothstep(0.5 * pixel + 0.0012, 1.5 * pixel + 0.0012, abs(r - table.w));
    vec2 q = eye.xz + direction.xz * distance_m - shadow.xz;
    float shade = 0.62 * exp(-dot(q, q) / max(shadow.w * shadow.w, 1e-6));
    vec3 top = vec3(0.024, 0.0265, 0.031) * (1.0 - shade) * (1.0 + 0.3 * clamp(1.0 - r / table.w, 0.0, 1.0));
    return mix(mix(base, top, inside), LINE, edge * 0.55);
}

vec3 room_color(vec3 eye, vec3 direction) {
    vec3 d = normalize(direction);
    vec3 base = DARK * (0.55 + 0.75 * exp(-4.0 * abs(d.y)));
    return table_color(floor_color(base, eye, d), eye, d);
}
