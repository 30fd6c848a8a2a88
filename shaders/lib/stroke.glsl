// A line with round ends as a quad that faces the eye: places on it are counted in radii from its
// middle, long_half is half its length with the ends. Wants lib/frame.glsl and lib/lighting.glsl.
float beyond_ends(float long_half, float along) { return sign(along) * max(abs(along) - (long_half - 1.0), 0.0); }

bool is_in_stroke(float long_half, vec2 at) { return length(vec2(beyond_ends(long_half, at.x), at.y)) <= 1.0; }

// Lit as the round thing that it stands for; x along it, y across.
vec3 stroke_color(vec3 color, float long_half, vec2 at, vec3 x, vec3 y, vec3 to_eye) {
    vec2 off = clamp(vec2(beyond_ends(long_half, at.x), at.y), -1.0, 1.0);
    vec3 n = x * off.x + y * off.y + cross(x, y) * sqrt(max(0.0, 1.0 - dot(off, off)));
    return lit(color, 0.6, normalize(n), normalize(to_eye));
}
