// One part's state. The layout is xrviewer/scene/draw.py's PART_DRAW_DTYPE.
struct Part {
    vec4 row_x, row_y, row_z; // case_from_part, by rows
    vec4 color;               // linear rgb, opacity
    vec4 look;                // roughness, edge strength of a ghost, occlusion received, 1 if pointed at
    vec4 more;                // bits of the cuts that spare it, and one where it is open; how far from the case it is shown, mm
};

layout(std430, binding = 1) readonly buffer Parts { Part parts[]; };
