// A quiet museum room: one broad key, a weak fill, light from the whole ceiling. No hard shadows.
const vec3 KEY = vec3(0.86, 0.84, 0.80);
const vec3 FILL = vec3(0.07, 0.08, 0.095);
const vec3 SKY = vec3(0.185, 0.195, 0.21);
const vec3 GROUND = vec3(0.060, 0.054, 0.050);
const float WRAP = 0.12; // how far a broad light reaches round an edge

float wrapped(float cosine) { return clamp((cosine + WRAP) / (1.0 + WRAP), 0.0, 1.0); }

// GGX with Schlick's Fresnel and the cheap visibility term; f0 of skin, bone and water is near 0.04.
float specular(vec3 n, vec3 v, vec3 l, float roughness) {
    vec3 h = normalize(v + l);
    float a = roughness * roughness;
    float nh = clamp(dot(n, h), 0.0, 1.0), vh = clamp(dot(v, h), 0.0, 1.0);
    float d = nh * nh * (a * a - 1.0) + 1.0;
    float fresnel = 0.04 + 0.96 * pow(1.0 - vh, 5.0);
    return fresnel * a * a / (4.0 * max(d * d * vh * vh * (roughness + 0.5), 1e-4));
}

vec3 lit(vec3 albedo, float roughness, vec3 n, vec3 v) {
    float key = wrapped(dot(n, key_direction.xyz));
    float fill = wrapped(dot(n, fill_direction.xyz));
    vec3 ambient = mix(GROUND, SKY, n.y * 0.5 + 0.5);
    float gloss = specular(n, v, key_direction.xyz, roughness) * key;
    float rim = pow(1.0 - clamp(dot(n, v), 0.0, 1.0), 4.0);
    return albedo * (KEY * key + FILL * fill + ambient) + KEY * gloss + SKY * rim * 0.10;
}
