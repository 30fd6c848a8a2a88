"""Labels cut out of their map, and the volume within a level, each against a second way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from xrviewer.analysis.contour import contour
from xrviewer.case.mesh import spaces_under
from xrviewer.ingest.enclosed import enclosed
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.shares import blocks


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    st.tuples(*[st.integers(1, 9)] * 3),
    st.sampled_from([np.uint8, np.uint16, np.uint32]),
    st.integers(1, 400),
    st.integers(0, 2**31),
)
def test_blocks_are_what_scipy_finds(
    shape: tuple[int, int, int], kind: type, most: int, seed: int
) -> None:
    some = np.random.default_rng(seed)
    values = some.integers(0, min(most, np.iinfo(kind).max), shape) * (some.random(shape) < 0.4)
    labels = np.asfortranarray(values.astype(kind))
    found = {block.label: block for block in blocks(LabelMap(labels, np.eye(4)))}
    wanted = dict(enumerate(ndimage.find_objects(values.T), 1))
    assert list(found) == [label for label, box in wanted.items() if box]
    for label, block in found.items():
        assert block.first == tuple(part.start for part in wanted[label])
        assert np.array_equal(block.mask, values.T[wanted[label]] == label)
        assert block.voxels == np.count_nonzero(values == label)


@pytest.mark.parametrize("radius", [1.2, 4.0, 9.0])
def test_what_is_enclosed_is_what_the_triangles_enclose(radius: float) -> None:
    at = np.stack(np.meshgrid(*[np.arange(24.0)] * 3, indexing="ij")) - 11.3
    values = (radius - np.linalg.norm(at, axis=0)).clip(-2, 2).astype(np.float32)
    made = contour(values, 0.1)
    under = spaces_under(made.points.astype(np.float64), made.triangles).sum()
    assert enclosed(values, 0.1) == pytest.approx(under, rel=1e-5)
    ball = 4 / 3 * np.pi * (radius - 0.1) ** 3
    # Flat triangles with their corners on a ball cut off more of it the smaller it is.
    assert 0.4 < (1 - enclosed(values, 0.1) / ball) * (radius - 0.1) ** 2 < 0.8
