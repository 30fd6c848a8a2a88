#version 450 core
// Is a place on a cut face within a closed part? Along the line of sight behind it, surfaces are left
// as often as they are entered, and once more for each part that holds the place. The sums of four
// faces are gathered at once, whatever the order; a stencil would take a pass a face.
#include "lib/frame.glsl"
#include "lib/part.glsl"
#include "lib/cut.glsl"

in vec3 v_case_mm;
flat in uint v_part;

layout(location = 1) out vec4 o_crossings;
layout(location = 2) out float o_nothing;

// The samples of this pixel that lie behind a face which opens the part.
int samples_behind(int face) {
    if (is_spared(int(face_cuts[face].x), parts[v_part].more.x)) return 0;
    int behind = 0;
    for (int i = 0; i < SAMPLES; ++i)
        if (over_face(face, interpolateAtSample(v_case_mm, i)) < 0.0) behind |= 1 << i;
    return behind;
}

void main() {
    if (is_open(parts[v_part].more.x)) discard;
    float way = gl_FrontFacing ? -1.0 : 1.0;
    int counted = 0;
    bool is_alike = true; // the faces count the same samples, so that one mask says which
    o_crossings = vec4(0.0);
    for (int i = 0; i < int(face_first.y); ++i) {
        int behind = samples_behind(i);
        if (behind == 0) continue;
        is_alike = is_alike && (counted == 0 || counted == behind);
        counted |= behind;
        o_crossings[i] = way;
    }
    if (counted == 0) discard;
    if (is_alike) {
        gl_SampleMask[0] = counted;
    } else { // where a surface meets two faces of one cut in one pixel, by the pixel's middle
        gl_SampleMask[0] = (1 << SAMPLES) - 1;
        for (int i = 0; i < int(face_first.y); ++i)
            if (over_face(i, v_case_mm) >= 0.0) o_crossings[i] = 0.0;
    }
    o_nothing = 0.0;
}
