import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrviewer.spatial import transforms as tf

numbers = st.floats(-10, 10)
quaternions = (
    st.tuples(numbers, numbers, numbers, numbers)
    .filter(lambda q: math.hypot(*q) > 1e-3)
    .map(tf.normalized)
)
points = st.tuples(numbers, numbers, numbers)
scales = st.floats(0.01, 100)


def test_quarter_turn_about_up_takes_forward_to_left() -> None:
    quarter = tf.axis_rotation((0, 1, 0), math.pi / 2)
    np.testing.assert_allclose(tf.rotation_matrix(quarter) @ (0, 0, -1), (-1, 0, 0), atol=1e-15)


@given(quaternions)
def test_quaternion_survives_the_matrix(q: tf.Quat) -> None:
    back = tf.quaternion(tf.rotation_matrix(q))
    assert abs(abs(np.dot(back, q)) - 1) < 1e-12


@given(points, quaternions, scales, points)
def test_inverse_undoes(position: tf.Vec3, q: tf.Quat, scale: float, point: tf.Vec3) -> None:
    there = tf.similarity(position, q, scale)
    back = tf.apply(tf.invert_similarity(there), tf.apply(there, point))
    np.testing.assert_allclose(back, point, atol=1e-9)


@given(points, quaternions, scales)
def test_placement_reads_what_similarity_wrote(position: tf.Vec3, q: tf.Quat, s: float) -> None:
    read = tf.placement(tf.similarity(position, q, s))
    assert read.scale == pytest.approx(s, rel=1e-12)
    np.testing.assert_allclose(read.matrix(), tf.similarity(position, q, s), atol=1e-9 * s)


@pytest.mark.parametrize("bad", [(0, 0, 0, 0), (math.nan, 0, 0, 1), (math.inf, 0, 0, 0)])
def test_no_direction_is_refused(bad: tf.Quat) -> None:
    with pytest.raises(ValueError, match="not a rotation"):
        tf.normalized(bad)
