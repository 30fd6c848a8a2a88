"""No compiled loop reads or writes beside its arrays: in a process of its own, where numba checks
every index, surfaces of label maps of all kinds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SURFACES = """
import numpy as np
from scipy import ndimage
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.shares import blocks
from xrviewer.ingest.surfaces import surfaces

some = np.random.default_rng(4)
laid = 0

def lay(values, kind=np.uint8):
    global laid
    label_map = LabelMap(np.asfortranarray(values.astype(kind)), np.diag([0.4, 0.7, 1.1, 1.0]))
    every = list(blocks(label_map))
    laid += len(surfaces(label_map, every, keeps_pieces={block.label for block in every[::2]}))

for n in range(8):
    shape = tuple(some.integers(1, 40, 3))
    field = some.normal(size=(some.integers(2, 14), *shape))
    width = some.uniform(0.3, 3)
    lay(np.stack([ndimage.gaussian_filter(own, width) for own in field]).argmax(0))
    lay(some.integers(0, 9, shape) * (some.random(shape) < some.random()))
    lay(np.full(shape, 3), np.uint16)
coarse = some.integers(0, 300, (5, 5, 6))
lay(np.kron(coarse, np.ones((5, 5, 5), int)), np.uint16)
print(laid)
"""


def test_every_index_is_within_its_array(tmp_path: Path) -> None:
    checked = os.environ | {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", SURFACES]
    done = subprocess.run(command, env=checked, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 150
