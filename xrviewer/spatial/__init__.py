"""Pure geometry: named frames, poses, transforms, rays and eye views."""
