// Scans, and planes through them. The layout is xrviewer/render/slices.py's.
const int MAX_VOLUMES = 8;
const int MAX_TABLES = 8;
const int MAX_BENDS = 1024;

struct Volume {
    vec4 texel_scale;  // texel_from_voxel; w: 1 where the stored bits are a float
    vec4 texel_offset; // w: what a stored number lacks to the file's
    vec4 size;         // of the scan in voxels; w: texel planes that are there
    vec4 texels;       // of the texture
    vec4 last_step;    // how much nearer the last texel's middle is than one of as many voxels as the others
};

struct Slice {
    vec4 middle, across, along; // in the case; w: numbers of the volumes, and how far to the left it is shown
    vec4 voxel_middle[2], voxel_across[2], voxel_along[2], voxel_step[2];
    vec4 window; // of each volume the number that is black, and how much brighter one more is
    vec4 look;   // colour tables, samples across the slab, projection
    vec4 cross;  // the crosshair on it, whether it is there, whether the filter is cubic
    vec4 blend;  // x: share of the second volume, y: 1 to outline what is seen, 2 all, z: millimetres a step, w: 1 with a
                 // frame, 2 in a hand; below 0 without a picture
    vec4 case_across, case_along, case_over; // of a point of the case: where on it, how far over it
    vec4 curve; // number of its first bend, how many, its turn, half its width in millimetres
};

struct Bend { vec4 at, side, up; }; // of a curved slice's line, in the case

layout(std430, binding = 5) readonly buffer Slices {
    vec4 drawn; // how many rectangles before those of cut faces; the picture's pixels across and up
    Volume volumes[MAX_VOLUMES];
    vec4 tables[MAX_TABLES * 256]; // linear
    Bend bends[MAX_BENDS];
    Slice slices[];
};

layout(binding = 8) uniform isampler3D scans[MAX_VOLUMES];

// A sampler's number must be the same for a whole draw; a switch may differ from pixel to pixel.
int stored(int scan, ivec3 at) {
    switch (scan) {
    case 0: return texelFetch(scans[0], at, 0).r;
    case 1: return texelFetch(scans[1], at, 0).r;
    case 2: return texelFetch(scans[2], at, 0).r;
    case 3: return texelFetch(scans[3], at, 0).r;
    case 4: return texelFetch(scans[4], at, 0).r;
    case 5: return texelFetch(scans[5], at, 0).r;
    case 6: return texelFetch(scans[6], at, 0).r;
    default: return texelFetch(scans[7], at, 0).r;
    }
}

float number(int scan, ivec3 at) {
    Volume v = volumes[scan];
    int bits = stored(scan, clamp(at, ivec3(0), ivec3(v.texels.xyz) - 1));
    return v.texel_scale.w > 0.5 ? intBitsToFloat(bits) : float(bits) + v.texel_offset.w;
}

bool is_in_scan(int scan, vec3 voxel) {
    Volume v = volumes[scan];
    float plane = voxel.z * v.texel_scale.z + v.texel_offset.z;
    return all(greaterThanEqual(voxel, vec3(-0.5))) && all(lessThanEqual(voxel, v.size.xyz - 0.5))
        && (plane <= v.size.w - 1.0 || v.size.w >= v.texels.z);
}

float linear_value(int scan, vec3 texel) {
    ivec3 at = ivec3(floor(texel));
    vec3 f = texel - vec3(at);
    float planes[2];
    for (int z = 0; z < 2; ++z) {
        float near = mix(number(scan, at + ivec3(0, 0, z)), number(scan, at + ivec3(1, 0, z)), f.x);
        float far = mix(number(scan, at + ivec3(0, 1, z)), number(scan, at + ivec3(1, 1, z)), f.x);
        planes[z] = mix(near, far, f.y);
    }
    return mix(planes[0], planes[1], f.z);
}

// Catmull and Rom: goes through the voxels' own values.
vec4 cubic_weights(float f) {
    float g = f * f, h = g * f;
    return vec4(-0.5 * h + g - 0.5 * f, 1.5 * h - 2.5 * g + 1.0, -1.5 * h + 2.0 * g + 0.5 * f, 0.5 * (h - g));
}

float cubic_value(int scan, vec3 texel) {
    ivec3 at = ivec3(floor(texel));
    vec3 f = texel - vec3(at);
    vec4 wx = cubic_weights(f.x), wy = cubic_weights(f.y), wz = cubic_weights(f.z);
    float sum = 0.0;
    for (int z = 0; z < 4; ++z)
        for (int y = 0; y < 4; ++y)
            for (int x = 0; x < 4; ++x)
                sum += wx[x] * wy[y] * wz[z] * number(scan, at + ivec3(x, y, z) - 1);
    return sum;
}

float value_at(int scan, vec3 voxel, bool is_cubic) {
    Volume v = volumes[scan];
    vec3 texel = voxel * v.texel_scale.xyz + v.texel_offset.xyz;
    texel += max(texel - (v.texels.xyz - 2.0), 0.0) * v.last_step.xyz;
    return is_cubic ? cubic_value(scan, texel) : linear_value(scan, texel);
}
