// A curved slice: its line is straightened upwards, and turned about. Needs volume.glsl.
vec3 voxel_of(Slice s, int which, vec4 case_mm) {
    return s.voxel_middle[which].xyz * case_mm.w + dot(s.case_across, case_mm) * s.voxel_across[which].xyz
        + dot(s.case_along, case_mm) * s.voxel_along[which].xyz
        + dot(s.case_over, case_mm) / s.blend.z * s.voxel_step[which].xyz;
}

// at: -1 to 1 on the screen. The voxels of both scans there; the slab goes across the curve there.
void follow(inout Slice s, vec2 at, out vec3 voxel, out vec3 second_voxel) {
    float along = (at.y * 0.5 + 0.5) * (s.curve.y - 1.0);
    int i = clamp(int(along), 0, int(s.curve.y) - 2);
    Bend a = bends[int(s.curve.x) + i], b = bends[int(s.curve.x) + i + 1];
    float f = along - float(i), c = cos(s.curve.z), d = sin(s.curve.z);
    vec3 side = normalize(mix(a.side.xyz, b.side.xyz, f)), up = normalize(mix(a.up.xyz, b.up.xyz, f));
    vec3 aside = c * side + d * up, over = c * up - d * side;
    vec4 case_mm = vec4(mix(a.at.xyz, b.at.xyz, f) + at.x * s.curve.w * aside, 1.0);
    vec4 step_mm = vec4(over * s.blend.z, 0.0);
    voxel = voxel_of(s, 0, case_mm);
    second_voxel = voxel_of(s, 1, case_mm);
    vec3 steps[2] = vec3[](voxel_of(s, 0, step_mm), voxel_of(s, 1, step_mm));
    for (int which = 0; which < 2; ++which) s.voxel_step[which].xyz = steps[which];
}
