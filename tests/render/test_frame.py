"""The frame block in plain floats says the same as spatial.views in matrices."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xrviewer.case.surfaces import pack_parts
from xrviewer.render.frame import FRAME_DTYPE, frame_block
from xrviewer.scene.draw import PART_DRAW_DTYPE, DrawData, Room
from xrviewer.spatial.transforms import Pose, normalized
from xrviewer.spatial.views import Fov, View, clip_from_eye, eye_from_room

NOTHING = DrawData(
    pack_parts([]), np.zeros(0, PART_DRAW_DTYPE), 0, np.eye(4), Room((0.0, 0.0, 0.0), 0.1, 0.4)
)
numbers = st.floats(-5, 5)
angles = st.floats(0.1, 1.2)
quaternions = st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda q: math.hypot(*q) > 0.1)
views = st.builds(
    lambda p, q, a: View(Pose(p, normalized(q)), Fov(-a[0], a[1], a[2], -a[3])),
    st.tuples(numbers, numbers, numbers),
    quaternions,
    st.tuples(angles, angles, angles, angles),
)


@given(views, views)
def test_each_eye_is_its_projection_after_its_pose(left: View, right: View) -> None:
    block = np.frombuffer(frame_block(NOTHING, (left, right)), FRAME_DTYPE)[0]
    for eye, view in zip(block["eyes"], (left, right), strict=True):
        clip_from_room = clip_from_eye(view.fov) @ eye_from_room(view)
        read = eye["clip_from_room"].reshape(4, 4).T
        np.testing.assert_allclose(read, clip_from_room, rtol=1e-5, atol=2e-5)
        np.testing.assert_allclose(
            eye["room_from_eye"].reshape(4, 4).T, view.eye.matrix(), rtol=1e-5, atol=1e-5
        )
        fov = view.fov
        tangents = np.tan([fov.left_rad, fov.right_rad, fov.up_rad, fov.down_rad])
        np.testing.assert_allclose(eye["tangents"], tangents, rtol=1e-6)
