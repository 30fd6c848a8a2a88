// What a compositor shows behind the picture: the alpha code of a solid that stands for it. No part
// has it: theirs are 0, 127, 128 and 255.
const float OPEN = 64.0 / 255.0;

bool is_open(vec4 surface) { return abs(surface.a - OPEN) < 0.5 / 255.0; }
