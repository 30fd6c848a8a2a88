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


@given(quaternions)
def test_axes_that_a_turn_takes_the_coordinate_axes_to_give_the_turn_back(q: tf.Quat) -> None:
    x, y, z = (tuple(column) for column in tf.rotation_matrix(q).T)
    assert abs(abs(np.dot(tf.rotation_of_axes(x, y, z), q)) - 1) < 1e-12


@pytest.mark.parametrize("axis", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (3, 1, 2), (1, 3, 2), (1, 2, 3)])
def test_a_half_turn_has_no_trace_to_divide_by(axis: tf.Vec3) -> None:
    """Each axis is the largest part of one branch of both ways from a matrix to a quaternion."""
    half = tf.axis_rotation(axis, math.pi - 1e-3)
    matrix = tf.rotation_matrix(half)
    x, y, z = (tuple(column) for column in matrix.T)
    for read in (tf.quaternion(matrix), tf.rotation_of_axes(x, y, z)):
        np.testing.assert_allclose(read, half, atol=1e-12)


@given(quaternions, quaternions, points)
def test_plain_floats_say_what_the_matrices_say(a: tf.Quat, b: tf.Quat, v: tf.Vec3) -> None:
    np.testing.assert_allclose(tf.rotated(a, v), tf.rotation_matrix(a) @ v, atol=1e-12)
    both = tf.rotation_matrix(a) @ tf.rotation_matrix(b)
    np.testing.assert_allclose(tf.rotation_matrix(tf.turned(a, b)), both, atol=1e-12)
    np.testing.assert_allclose(tf.rotated(tf.reversed_rotation(a), tf.rotated(a, v)), v, atol=1e-12)


@given(points, quaternions, scales, points)
def test_a_direction_turns_and_scales_but_does_not_move(
    position: tf.Vec3, q: tf.Quat, scale: float, v: tf.Vec3
) -> None:
    there = tf.similarity(position, q, scale)
    expected = tf.apply(there, v) - np.array(position)
    np.testing.assert_allclose(tf.apply_direction(there, v), expected, atol=1e-9 * scale)


@pytest.mark.parametrize(
    ("position", "rotation", "is_known"),
    [
        ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0), True),
        ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0), False),
        ((0.0, 0.0, 0.0), (math.nan, 0.0, 0.0, 1.0), False),
        ((0.0, 0.0, 0.0), (0.0, math.inf, 0.0, 1.0), False),
        ((math.nan, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0), False),
        ((0.0, math.inf, 0.0), (0.0, 0.0, 0.0, 1.0), False),
    ],
)
def test_a_pose_that_says_nothing_is_not_known(
    position: tf.Vec3, rotation: tf.Quat, is_known: bool
) -> None:
    assert tf.Pose(position, rotation).is_known is is_known
