// What a slice shows at a place: one value, or what is found across a slab. Needs volume.glsl.
const int MEAN = 0, MAX = 1, MIN = 2;

float slab_value(Slice s, int which, int scan, vec3 voxel) {
    int samples = int(s.look.z), projection = int(s.look.w);
    bool is_cubic = s.cross.w > 0.5;
    if (samples <= 1) return value_at(scan, voxel, is_cubic);
    float sum = 0.0, low = 1e38, high = -1e38, count = 0.0;
    for (int i = 0; i < samples; ++i) {
        vec3 at = voxel + s.voxel_step[which].xyz * (float(i) - 0.5 * float(samples - 1));
        if (!is_in_scan(scan, at)) continue;
        float value = value_at(scan, at, is_cubic);
        sum += value;
        low = min(low, value);
        high = max(high, value);
        count += 1.0;
    }
    if (count == 0.0) return 0.0;
    return projection == MAX ? high : projection == MIN ? low : sum / count;
}

vec3 table_color(int table, float brightness) {
    int step = int(floor(clamp(brightness, 0.0, 1.0) * 255.0 + 0.5));
    return tables[table * 256 + step].rgb;
}

// The two volumes' places are of the same point of the body.
vec3 slice_color(Slice s, vec3 voxel, vec3 second_voxel) {
    float value = slab_value(s, 0, int(s.middle.w), voxel);
    vec3 color = table_color(int(s.look.x), (value - s.window.x) * s.window.y);
    int second = int(s.across.w);
    if (second >= 0 && is_in_scan(second, second_voxel)) {
        float over = slab_value(s, 1, second, second_voxel);
        color = mix(color, table_color(int(s.look.y), (over - s.window.z) * s.window.w), s.blend.x);
    }
    return color;
}
