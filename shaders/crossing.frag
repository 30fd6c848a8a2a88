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

void main() {
    if (is_open(parts[v_part].more.x)) discard;
    float way = gl_FrontFacing ? -1.0 : 1.0;
    o_crossings = vec4(0.0);
    for (int i = 0; i < FACES; ++i) {
        bool is_behind = i < int(face_first.y) && over_face(i, v_case_mm) < 0.0;
        if (is_behind && !is_spared(int(face_cuts[i].x), parts[v_part].more.x)) o_crossings[i] = way;
    }
    o_nothing = 0.0;
}
