"""The frames of reference, once. A transform is named `to_from_from`: `room_from_case`.

voxel   i, j, k of one volume; a voxel's centre has integer coordinates
case    patient LPS of the first timepoint, millimetres: +x left, +y posterior, +z superior
model   the case in metres, y up, anterior towards +z: what a glTF viewer sees
room    OpenXR local-floor: metres, y up, floor at 0, the viewer starts at the origin facing -z
eye     one eye: metres, y up, looking along -z
clip    reverse-Z: 1 at the near plane, 0 at infinity

Points are rows, (N, 3). Matrices are float64, (4, 4), and act on column vectors.
"""

from __future__ import annotations

import numpy as np

MM_PER_M = 1000.0

MODEL_FROM_CASE = np.array(
    [
        [0.001, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.001, 0.0],
        [0.0, -0.001, 0.0, 0.0],
        [0.0, 0.0, 0.0, 1.0],
    ]
)
"""LPS millimetres to glTF's metres, y up; the anterior side faces +z, towards a viewer."""

CASE_FROM_MODEL = np.array(
    [
        [1000.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, -1000.0, 0.0],
        [0.0, 1000.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 1.0],
    ]
)

CASE_FROM_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
"""NIfTI's RAS to our LPS, both millimetres."""

MODEL_FROM_CASE.setflags(write=False)
CASE_FROM_MODEL.setflags(write=False)
CASE_FROM_RAS.setflags(write=False)
