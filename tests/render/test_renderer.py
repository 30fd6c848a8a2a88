"""Pictures whose content is known in closed form."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.render.pictures import (
    CRISP,
    FOCAL_PX,
    LINEAR_ROUNDING,
    PLAIN,
    SIZE,
    Silhouette,
    difference,
    draw_data,
    eyes,
    facing,
    linear,
    picture,
    pictures,
)
from tests.shapes import Look, case_of, nothing, sphere, square
from xrviewer.case.model import Case
from xrviewer.document.intents import Intent, SetLayerColor, SetLayerOpacity, SetLayerVisible
from xrviewer.gpu.context import Capabilities
from xrviewer.render.renderer import Quality, Stereo
from xrviewer.spatial.transforms import apply
from xrviewer.spatial.views import View, clip_from_eye, eye_from_room

pytestmark = pytest.mark.gl

BALL_MM, DISTANCE_M = 30.0, 0.4
BALL = case_of({"ball": sphere(radius_mm=BALL_MM, rings=96)}, {"ball": Look("#ffffff")})
HIDDEN = SetLayerVisible("ball", False)
ONE_BYTE = 1


def silhouette(case: Case, part: str, *intents: Intent, view: View | None = None) -> Silhouette:
    """Of one part: what its hiding changes."""
    hidden = SetLayerVisible(part, False)
    shown = picture(case, *intents, view=view, quality=CRISP)
    return difference(shown, picture(case, *intents, hidden, view=view, quality=CRISP))


def test_a_spheres_silhouette_is_where_the_projection_puts_it(gl: Capabilities) -> None:
    """On the axis its outline is a circle of radius f R / sqrt(d2 - R2)."""
    seen = silhouette(BALL, "ball")
    radius_px = FOCAL_PX * BALL_MM / math.sqrt((DISTANCE_M * 1000) ** 2 - BALL_MM**2)
    assert math.sqrt(seen.area_px / math.pi) == pytest.approx(radius_px, abs=0.5)
    np.testing.assert_allclose(seen.centre_px, (SIZE / 2, SIZE / 2), atol=0.5)


def test_a_sphere_to_the_side_is_seen_where_rays_meet_it(gl: Capabilities) -> None:
    """By a second method: the ray of each pixel's centre against the sphere."""
    view = facing((0.05, 0.77, -0.6))
    seen = silhouette(BALL, "ball", view=view)
    across = (np.arange(SIZE) + 0.5 - SIZE / 2) / FOCAL_PX
    x, y = np.meshgrid(across, -across)
    rays = np.stack([x, y, -np.ones_like(x)], axis=-1)
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    center = apply(eye_from_room(view), (0.0, 0.8, -0.6))
    along = rays @ center
    is_met = (along > 0) & (center @ center - along**2 < (BALL_MM / 1000) ** 2)
    assert is_met.sum() > 1000
    expected = np.argwhere(is_met).mean(axis=0) + 0.5
    np.testing.assert_allclose(seen.centre_px, expected[::-1], atol=0.5)
    assert np.count_nonzero(is_met != seen.mask) < 0.5 * 2 * math.pi * 25  # half the edge's pixels


def test_a_point_up_and_left_in_the_room_is_up_and_left_in_the_picture(gl: Capabilities) -> None:
    ball = case_of({"ball": sphere((-20, 0, 20), 5), "frame": square((0, 0, 0), 30)})
    right, down = silhouette(ball, "ball", SetLayerVisible("frame", False)).centre_px
    assert right < 0.45 * SIZE and down < 0.45 * SIZE


@pytest.mark.parametrize("order", [("red", "green"), ("green", "red")])
def test_what_is_nearer_hides_what_is_behind(gl: Capabilities, order: tuple[str, str]) -> None:
    """In whichever order they are drawn. Case -y is towards the eye."""
    meshes = {"red": square((-8, -5, 0), 20), "green": square((8, 5, 0), 20)}
    looks = {"red": Look("#ff0000"), "green": Look("#00ff00")}
    shown = picture(case_of({name: meshes[name] for name in order}, looks)).astype(int)
    middle, right = shown[SIZE // 2, SIZE // 2], shown[SIZE // 2, SIZE // 2 + 15]
    assert middle[0] > middle[1] + 100
    assert right[1] > right[0] + 100


def test_light_is_proportional_to_the_colour_in_linear_light(gl: Capabilities) -> None:
    """lit = albedo x light + gloss: black shows the gloss alone, white the sum."""
    plate = case_of({"plate": square()})

    def middle(color: str) -> float:
        shown = linear(picture(plate, SetLayerColor("plate", color)))
        return float(shown[SIZE // 2, SIZE // 2, 1])

    gloss, full = middle("#000000"), middle("#ffffff")
    assert 0 <= gloss < 0.2 < full < 1
    for byte in (64, 128, 188, 230):
        share = linear(np.array([byte], np.uint8))[0]
        got = middle(f"#{byte:02x}{byte:02x}{byte:02x}")
        assert got - gloss == pytest.approx(share * (full - gloss), abs=LINEAR_ROUNDING)


def test_a_hidden_part_leaves_no_pixel(gl: Capabilities) -> None:
    frame = {"wall": square((0, 30, 0), 40), "label": square((0, -30, 38), 2)}
    with_ball = case_of({**frame, "ball": sphere((0, -10, 0), 15)})
    hidden = picture(with_ball, HIDDEN)
    absent = picture(case_of({**frame, "ball": nothing()}))
    np.testing.assert_array_equal(hidden, absent)
    clear = picture(with_ball, SetLayerOpacity("ball", 0.0))
    np.testing.assert_array_equal(clear, hidden)


@pytest.mark.parametrize("opacity", [0.25, 0.5, 0.8])
def test_a_see_through_part_lets_its_share_of_light_pass(gl: Capabilities, opacity: float) -> None:
    """Out = a x itself + (1 - a) x what is behind, in linear light, but for a ghost's edges."""
    meshes = {"glass": square((0, -5, 0), 15), "wall": square((0, 5, 0), 30)}
    case = case_of(meshes, {"glass": Look("#3060ff"), "wall": Look("#ffc080")})
    glass = linear(picture(case))
    wall = linear(picture(case, SetLayerVisible("glass", False)))
    draw = draw_data(case, (SetLayerOpacity("glass", opacity),))
    evenly = draw.parts.copy()
    evenly["ghost_edge"] = 0
    seen = linear(pictures(replace(draw, parts=evenly), (facing(),))[0])
    at = (SIZE // 2, SIZE // 2)
    expected = opacity * glass[at] + (1 - opacity) * wall[at]
    np.testing.assert_allclose(seen[at], expected, atol=LINEAR_ROUNDING)
    np.testing.assert_allclose(seen[SIZE // 2, SIZE - 40], wall[SIZE // 2, SIZE - 40])


def test_a_see_through_part_behind_a_solid_is_not_seen(gl: Capabilities) -> None:
    meshes = {"glass": square((0, 5, 0), 15), "wall": square((0, -5, 0), 30)}
    case = case_of(meshes, {"glass": Look(opacity=0.5)})
    alone = picture(case, SetLayerVisible("glass", False))
    assert np.abs(picture(case).astype(int) - alone).max() <= ONE_BYTE


def test_see_through_parts_may_come_in_any_order(gl: Capabilities) -> None:
    names = ("red", "green", "blue")
    looks = {n: Look(c, 0.5) for n, c in zip(names, ("#ff0000", "#00ff00", "#0000ff"), strict=True)}
    meshes = {n: square((6.0 * i - 6, 6.0 * i, 0), 20) for i, n in enumerate(names)}
    turned = {name: meshes[name] for name in reversed(names)}
    forth, back = picture(case_of(meshes, looks)), picture(case_of(turned, looks))
    assert np.abs(forth.astype(int) - back).max() <= 2 * ONE_BYTE


def test_what_is_pointed_at_is_outlined_outside_itself(gl: Capabilities) -> None:
    part = silhouette(BALL, "ball").mask
    plain, pointed = picture(BALL).astype(int), picture(BALL, pointed=0).astype(int)
    changed = np.abs(pointed - plain).max(axis=-1) > 8
    down, right = np.nonzero(changed & ~part)
    radius = np.hypot(down + 0.5 - SIZE / 2, right + 0.5 - SIZE / 2)
    edge = math.sqrt(part.sum() / math.pi)
    assert len(radius) > 2 * math.pi * edge  # a closed line, more than a pixel wide
    assert edge - 1 <= radius.min() and radius.max() < edge + 4
    accent, inside = pointed[down, right].mean(axis=0), pointed[SIZE // 2, SIZE // 2]
    assert accent[2] > accent[0] + 60  # the line is blue
    assert inside.max() - inside.min() < 40  # the ball stays white
    np.testing.assert_allclose(inside, plain[SIZE // 2, SIZE // 2], atol=40)


def test_what_is_in_front_covers_the_outline(gl: Capabilities) -> None:
    meshes = {"ball": sphere(radius_mm=12), "wall": square((0, -30, 0), 40)}
    case = case_of(meshes)
    assert np.abs(picture(case, pointed=0).astype(int) - picture(case)).max() <= ONE_BYTE


STEREO_CASE = case_of(
    {"ball": sphere((10, 0, 0), 20), "glass": square((-10, -25, 5), 15), "wall": square((0, 9, 0))},
    {"glass": Look("#4080ff", 0.4)},
)
STEREO_VIEWS = eyes(facing(distance_m=0.5))


@pytest.mark.parametrize("has_occlusion", [False, True])
def test_one_pass_and_two_give_the_same_pictures(gl: Capabilities, has_occlusion: bool) -> None:
    quality = Quality(4, has_occlusion)
    draw = draw_data(STEREO_CASE, pointed=0)
    once = pictures(draw, STEREO_VIEWS, quality, Stereo.SINGLE_PASS)
    twice = pictures(draw, STEREO_VIEWS, quality, Stereo.TWO_PASS)
    for a, b in zip(once, twice, strict=True):
        assert np.abs(a.astype(int) - b).max() <= ONE_BYTE
    assert np.abs(once[0].astype(int) - once[1]).max() > 50


def test_each_eye_sees_what_it_would_see_alone(gl: Capabilities) -> None:
    draw = draw_data(STEREO_CASE)
    for seen, view in zip(pictures(draw, STEREO_VIEWS), STEREO_VIEWS, strict=True):
        assert np.abs(seen.astype(int) - pictures(draw, (view,))[0]).max() <= ONE_BYTE


@pytest.mark.parametrize("stereo", Stereo)
def test_the_eyes_see_the_disparity_of_the_distance(gl: Capabilities, stereo: Stereo) -> None:
    """f b / d pixels between the centres; the left eye sees it farther right."""
    ball = case_of({"ball": sphere(radius_mm=10)}, {"ball": Look("#ffffff")})
    views = eyes(facing(distance_m=0.5))
    shown = pictures(draw_data(ball), views, CRISP, stereo)
    hidden = pictures(draw_data(ball, (HIDDEN,)), views, CRISP, stereo)
    (left, _), (right, _) = (difference(a, b).centre_px for a, b in zip(shown, hidden, strict=True))
    assert left - right == pytest.approx(FOCAL_PX * 0.064 / 0.5, abs=1.0)


def test_vertices_land_where_the_matrices_of_the_views_put_them(gl: Capabilities) -> None:
    """The block is packed by plain floats; spatial.views has the same in matrices."""
    view = facing((0.02, 0.79, -0.6), 0.37)
    dot = case_of({"dot": sphere((12, 7, -9), 2)}, {"dot": Look("#ffffff")})
    draw = draw_data(dot)
    hidden = draw_data(dot, (SetLayerVisible("dot", False),))
    seen = difference(*(pictures(d, (view,), CRISP)[0] for d in (draw, hidden)))
    clip = clip_from_eye(view.fov) @ eye_from_room(view) @ draw.room_from_case @ (12, 7, -9, 1)
    x, y = clip[:2] / clip[3]
    np.testing.assert_allclose(seen.centre_px, ((x + 1) / 2 * SIZE, (1 - y) / 2 * SIZE), atol=0.6)


@pytest.mark.parametrize("samples", [1, 2, 4])
def test_an_edge_is_as_exact_as_the_samples_allow(gl: Capabilities, samples: int) -> None:
    """The width of a plate, summed over shares of pixels, against the projection's."""
    plate = case_of({"plate": square(half_mm=28)}, {"plate": Look("#ffffff")})
    row = linear(picture(plate, quality=Quality(samples, has_occlusion=False)))[SIZE // 2, :, 1]
    share = (row - row[0]) / (row[SIZE // 2] - row[0])
    width_px = FOCAL_PX * 2 * 28 / (DISTANCE_M * 1000)
    assert share.sum() == pytest.approx(width_px, abs=1.0 / samples + 0.3)


def test_a_notch_is_darker_with_occlusion(gl: Capabilities) -> None:
    """Two balls that touch; the rest of them stays as it is."""
    case = case_of({"a": sphere((-20, 0, 0), 20, 64), "b": sphere((20, 0, 0), 20, 64)})
    without = linear(picture(case, quality=PLAIN))
    shaded = linear(picture(case, quality=Quality(4, has_occlusion=True)))
    notch, open_ = (SIZE // 2, SIZE // 2 - 3), (SIZE // 2, SIZE // 2 - 22)
    assert shaded[notch].sum() < 0.93 * without[notch].sum()
    assert shaded[open_].sum() > 0.9 * without[open_].sum()
    assert (shaded <= without + 0.01).all()


def test_nothing_to_see_is_a_picture_too(gl: Capabilities) -> None:
    room = [picture(case) for case in (case_of({}), case_of({"absent": nothing()}))]
    for shown in (*room, picture(BALL, HIDDEN)):
        assert 0 < shown.max() < 120
    for a, b in pairwise(room):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("height_m", [1.2, 1.6, 1.61, 1.7])
def test_no_line_at_the_horizon(gl: Capabilities, height_m: float) -> None:
    """A level look over the table: the room is even where the sight meets the floor nowhere, and
    nowhere darker than its own dark."""
    view = facing((0.0, height_m, -0.6), 2.0)
    for tilt in (0.0, 2e-4, 5e-4, 1e-3, 1.5e-3, 3e-3):
        pose = replace(view.eye, rotation_xyzw=(-math.sin(tilt / 2), 0.0, 0.0, math.cos(tilt / 2)))
        seen = picture(BALL, HIDDEN, view=View(pose, view.fov)).astype(int)
        darkest = seen[SIZE // 4 : -SIZE // 4, :, :3].min(axis=2)
        assert darkest.min() > 25, (tilt, np.unravel_index(darkest.argmin(), darkest.shape))
