"""How often an unchanged knee is said to have changed: the demo knee against itself, over and over.

    python tools/no_change.py --pairs 60

Each pair is one knee twice: meshed anew at another fineness, lying and bent anew, the surfaces of
its cartilage wrong anew by as much as two scans of an unchanged knee are stated to differ. Where
none of N pairs shows a false vertex, the rate is below 1 - 0.05 ** (1 / N) at 95 %: of 59, 5 %.
"""

from __future__ import annotations

import argparse
import time
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from xrviewer.analysis.followup import Followup, followed
from xrviewer.analysis.terms import REPEATABILITY_MM
from xrviewer.case.model import Timepoint
from xrviewer.case.surfaces import Surfaces, pack_parts
from xrviewer.demos.knee import anatomy
from xrviewer.demos.knee.anatomy import Detail, Skeleton
from xrviewer.demos.knee.pose import KneePose

FINENESS_MM = (1.2, 1.4)
"""Edges of the triangles at the first and at the second date."""
WAVES, SHORTEST_MM, LONGEST_MM = 40, 8.0, 40.0
Rows = NDArray[np.float64]


@cache
def skeleton(bone_mm: float) -> Skeleton:
    return anatomy.make_skeleton(Detail(bone_mm=bone_mm), lambda _: None)


def any_pose(rng: np.random.Generator) -> KneePose:
    """As a leg may come to lie in a coil."""
    x, y, z = rng.uniform(-15, 15, 3).tolist()
    ax, ay, az = rng.normal(size=3).tolist()
    glide = rng.uniform(-0.5, 0.5, 3).tolist()
    return KneePose(
        (x - 90, y, z),
        (ax, ay, az),
        rng.uniform(-10, 10),
        rng.uniform(0, 15),
        (glide[0], glide[1], glide[2]),
        rng.uniform(-1, 1),
    )


def ripples(points: Rows, size_mm: float, rng: np.random.Generator) -> Rows:
    """Waves in any direction: errors that hang together, as a tracer's do. size_mm: their sd."""
    waves = rng.normal(size=(WAVES, 3))
    length = rng.uniform(SHORTEST_MM, LONGEST_MM, (WAVES, 1))
    waves *= 2 * np.pi / length / np.linalg.norm(waves, axis=1)[:, None]
    summed = np.sin(points @ waves.T + rng.uniform(0, 2 * np.pi, WAVES)).sum(axis=1)
    return np.asarray(size_mm * summed / np.sqrt(WAVES / 2))


def scanned(bone_mm: float, noise_mm: float, rng: np.random.Generator) -> Surfaces:
    """The knee's bones and cartilages once more."""
    pose, meshes = any_pose(rng), []
    for id, part in anatomy.hard_parts(skeleton(bone_mm), pose, {}).items():
        mesh = part.mesh.moved(pose.case_from_joint)
        points = mesh.points_mm
        if part.thickness_mm is not None:
            points = points + ripples(points, noise_mm, rng)[:, None] * mesh.normals
        arrays = points.astype(np.float32), mesh.normals.astype(np.float32), mesh.triangles
        meshes.append((id, *arrays))
    return pack_parts(meshes)


def no_change(seed: int, noise_mm: float = REPEATABILITY_MM) -> Followup:
    """One pair, compared as any two dates are."""
    rng = np.random.default_rng(seed)
    first, second = (scanned(fine, noise_mm, rng) for fine in FINENESS_MM)
    dates = Timepoint("t0", "First", 0, first), Timepoint("t1", "Second", 365, second)
    return followed(*dates, repeatability_mm=noise_mm)


def highest_rate(false: int, pairs: int) -> float:
    """The upper end of the exact one-sided range at 95 % (Clopper and Pearson)."""
    return float(betaincinv(false + 1, pairs - false, 0.95)) if false < pairs else 1.0


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--pairs", type=int, default=60)
    words.add_argument("--first-seed", type=int, default=0)
    asked = words.parse_args()
    began, false, rows, vertices, over = time.perf_counter(), 0, [0, 0], 0, 0.0
    worst_mm = 0.0
    for seed in range(asked.first_seed, asked.first_seed + asked.pairs):
        found = no_change(seed)
        detected = sum(int(change.is_detected.sum()) for change in found.changes)
        sizes = np.concatenate([change.values_mm for change in found.changes])
        sizes = np.abs(sizes[~np.isnan(sizes)])
        false += detected > 0
        rows[0] += sum(row.is_beyond_error for row in found.rows)
        rows[1] += len(found.rows)
        vertices += len(sizes)
        over += float((sizes > found.changes[0].detectable_mm).sum())
        worst_mm = max(worst_mm, *(fit.residual_mm for fit in found.fits.values()))
        print(f"pair {seed}: {detected} false vertices of {len(sizes)}", flush=True)
    rate = highest_rate(false, asked.pairs)
    print(
        f"{false} of {asked.pairs} pairs with a false lesion vertex: under {100 * rate:.1f} % of "
        f"pairs at 95 %; {vertices:,} vertices, {100 * over / vertices:.2f} % of them beyond the "
        f"detectable change of one place; {rows[0]} of {rows[1]} regions beyond their own; bones "
        f"within {worst_mm:.3f} mm; {time.perf_counter() - began:.0f} s"
    )


if __name__ == "__main__":
    main()
