// A piece of writing or a stroke. The layout is xrviewer/render/marks.py's MARK_DTYPE.
struct Mark {
    vec4 middle;  // in the room; w: 1 for a stroke, 0 for a glyph
    vec4 across;  // half the quad, to its right
    vec4 along;   // half the quad, upwards
    vec4 glyph;   // its rectangle in the texture; of a stroke x is half its length in radii
    vec4 color;   // linear rgb; of a stroke a is 1 where it is lit like a solid
};

layout(std430, binding = 2) readonly buffer Marks { Mark marks[]; };

bool is_stroke(Mark m) { return m.middle.w > 0.5; }
