// What every pass knows of this frame. The layout is xrviewer/render/frame.py's FRAME_DTYPE.
struct Eye {
    mat4 clip_from_room;
    mat4 room_from_eye;
    vec4 tangents; // of the half angles: left, right, up, down
};

layout(std140, binding = 0) uniform Frame {
    Eye eyes[2];
    mat4 room_from_case;
    vec4 key_direction;   // in the room, towards the light; how far shade looks about, a tangent
    vec4 fill_direction;
    vec4 table;           // centre x, height y, centre z, radius; radius 0: none
    vec4 shadow;          // centre x, height y, centre z, radius of the soft shadow under the model
    vec4 settings;        // near plane in metres, floor strength, occlusion radius in metres, vignette 0..1
    vec4 model;           // a ball round it, in the room: centre, radius
};

vec3 eye_position(int view) { return eyes[view].room_from_eye[3].xyz; }

// Towards the far side of the pixel at uv (0..1), eye space, z = -1.
vec3 eye_ray(int view, vec2 uv) {
    vec4 t = eyes[view].tangents;
    return vec3(mix(t.x, t.y, uv.x), mix(t.w, t.z, uv.y), -1.0);
}

// Metres along -z of the eye, from reverse-Z depth; infinite for the background.
float eye_distance(float depth) { return settings.x / max(depth, 1e-9); }
