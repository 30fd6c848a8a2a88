"""One triangle at a time, in plain floats: numpy's calls would take longer than the query."""

from __future__ import annotations

from xrviewer.spatial.transforms import Vec3

Corners = tuple[Vec3, Vec3, Vec3]


def unit_normal(corners: Corners) -> Vec3:
    """By the triangle's winding; no direction where it has no area."""
    a, b, c = corners
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    length = (x * x + y * y + z * z) ** 0.5 or 1.0
    return (x / length, y / length, z / length)


def nearest_on_triangle(point: Vec3, corners: Corners) -> Vec3:
    """The foot of the perpendicular where it falls inside, else the nearest point of an edge."""
    a, b, c = corners
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    px, py, pz = point[0] - a[0], point[1] - a[1], point[2] - a[2]
    uu, uv, vv = (
        ux * ux + uy * uy + uz * uz,
        ux * vx + uy * vy + uz * vz,
        vx * vx + vy * vy + vz * vz,
    )
    pu, pv = px * ux + py * uy + pz * uz, px * vx + py * vy + pz * vz
    area = uu * vv - uv * uv
    s, t = vv * pu - uv * pv, uu * pv - uv * pu
    if area > 0 and s >= 0 and t >= 0 and s + t <= area:
        s, t = s / area, t / area
    else:
        s, t = _on_edges(uu, uv, vv, pu, pv)
    return (a[0] + s * ux + t * vx, a[1] + s * uy + t * vy, a[2] + s * uz + t * vz)


def _on_edges(uu: float, uv: float, vv: float, pu: float, pv: float) -> tuple[float, float]:
    """The shares of the two sides from the first corner."""
    s, t = _share(pu, uu), 0.0
    nearest = s * (s * uu - 2 * pu)
    on_v = _share(pv, vv)
    squared = on_v * (on_v * vv - 2 * pv)
    if squared < nearest:
        s, t, nearest = 0.0, on_v, squared
    along = _share(uu - uv - pu + pv, uu - 2 * uv + vv)
    on_u = 1.0 - along
    squared = on_u * (on_u * uu + 2 * along * uv - 2 * pu) + along * (along * vv - 2 * pv)
    return (on_u, along) if squared < nearest else (s, t)


def _share(part: float, whole: float) -> float:
    return min(max(part / whole, 0.0), 1.0) if whole > 0 else 0.0
