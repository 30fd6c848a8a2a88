"""Specks go, structures stay."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pytest
import trimesh

from xrviewer.case.mesh import Mesh
from xrviewer.ingest.anatomy import from_labels
from xrviewer.ingest.islands import without_islands
from xrviewer.ingest.labelmap import LabelMap, Segment
from xrviewer.ingest.rules import Islands


def balls(*radii_mm: float, inside_out: int | None = None) -> Mesh:
    """Side by side; one of them a hole in the first when it is inside out."""
    made = []
    for number, radius in enumerate(radii_mm):
        ball = trimesh.creation.icosphere(3, radius)
        if number == inside_out:
            ball.invert()
        else:
            ball.apply_translation([number * 40.0, 0, 0])
        made.append(ball)
    whole = trimesh.util.concatenate(made)
    normals = np.array(whole.vertex_normals)
    return Mesh(np.array(whole.vertices), normals, np.array(whole.faces, np.uint32))


def test_a_speck_goes_and_the_rest_is_as_it_was() -> None:
    found = without_islands(balls(10.0, 1.0))
    ball = balls(10.0)
    assert found.dropped == 1
    assert found.dropped_mm3 == pytest.approx(4 / 3 * np.pi, rel=0.02)
    assert np.array_equal(found.mesh.points_mm, ball.points_mm)
    assert np.array_equal(found.mesh.triangles, ball.triangles)


@pytest.mark.parametrize(
    "radii_mm",
    [
        (10.0,),
        (10.0, 1.5),  # over 10 mm3
        (3.0, 1.0),  # over 1 % of the largest
    ],
)
def test_what_is_not_under_both_limits_stays(radii_mm: tuple[float, ...]) -> None:
    mesh = balls(*radii_mm)
    assert without_islands(mesh).mesh is mesh


def test_a_bubble_goes_and_a_cavity_stays() -> None:
    assert without_islands(balls(10.0, 1.0, inside_out=1)).dropped == 1
    assert without_islands(balls(10.0, 6.0, inside_out=1)).dropped == 0


@pytest.mark.parametrize(
    ("name", "islands", "volume_mm3"),
    [
        ("Femur", Islands.DROP, 8000),
        ("Femur", Islands.KEEP, 8027),
        ("Lesion", Islands.DROP, 8027),
    ],
)
def test_the_rule_spares_lesions_and_is_stated(
    name: str, islands: Islands, volume_mm3: int
) -> None:
    labels = np.zeros((40, 40, 60), np.uint8, order="F")
    labels[5:25, 5:25, 5:25] = 1
    labels[30:33, 30:33, 50:53] = 1
    grid = np.diag([0.7, 0.7, 0.7, 1.0])  # the smaller one has 9.3 mm3
    label_map = LabelMap(labels, grid, MappingProxyType({1: Segment(name)}))
    made = from_labels([label_map], None, lambda part, text: None, islands)
    (part,) = made.parts
    high = part.mesh.points_mm.max(axis=0)
    assert (high[2] > 28) == (volume_mm3 == 8027)
    assert part.mesh.volume_mm3 == pytest.approx(volume_mm3 * 0.343, rel=0.04)
    assert any("left out" in line for line in made.provenance) == (islands is Islands.DROP)
    assert any("1 piece" in note for note in made.notes) == (volume_mm3 == 8000)
