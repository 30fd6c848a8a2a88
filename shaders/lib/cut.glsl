// What opens the anatomy. The layout is xrviewer/render/cuts.py's CUT_DTYPE and FACES_DTYPE.
const int MAX_CUTS = 16; // eight, and those again that open a second date
const int FACES = 4; // whose crossings fit in one picture's four channels

struct Cut {
    vec4 row_x, row_y, row_z; // cut_from_case: a plane cuts where z > 0, a box where all are within 1
    vec4 kind;                // 1 for a box
};

layout(std140, binding = 1) uniform Cuts {
    vec4 cut_count;
    Cut cuts[MAX_CUTS];
};

layout(std140, binding = 2) uniform Faces {
    vec4 face_first;          // number of the first one's rectangle among the slices; how many there are
    vec4 face_planes[FACES];  // case frame: normal towards what was taken away, and offset
    vec4 face_cuts[FACES];    // number of the cut, bits of those that do not open the face
};

bool is_cut_by(int i, vec3 case_mm) {
    vec4 p = vec4(case_mm, 1.0);
    float z = dot(cuts[i].row_z, p);
    if (cuts[i].kind.x < 0.5) return z > 0.0;
    return max(max(abs(dot(cuts[i].row_x, p)), abs(dot(cuts[i].row_y, p))), abs(z)) < 1.0;
}

bool is_spared(int cut, float exempt) { return ((int(exempt) >> cut) & 1) == 1; }

// A part that is no closed surface has no inside, and so no share in a face.
bool is_open(float exempt) { return ((int(exempt) >> MAX_CUTS) & 1) == 1; }

// By any cut that does not spare the part; `but` is left out.
bool is_cut_away(vec3 case_mm, float exempt, int but) {
    for (int i = 0; i < int(cut_count.x); ++i)
        if (i != but && !is_spared(i, exempt) && is_cut_by(i, case_mm)) return true;
    return false;
}

float over_face(int face, vec3 case_mm) { return dot(face_planes[face], vec4(case_mm, 1.0)); }
