"""A real whole body: named, grouped, upright, isolated, spread and pointed at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xrviewer.case.model import Case
from xrviewer.caseio.loose import open_path
from xrviewer.document.document import Document
from xrviewer.document.intents import Explode, Isolate, Peel
from xrviewer.panels.rows import Row, tree_of
from xrviewer.scene.build import Scene
from xrviewer.scene.pick import Picker
from xrviewer.spatial.rays import Ray


@pytest.fixture
def body(test_data: Path) -> Case:
    return open_path(test_data / "anatomy_body_515" / "body_515_metres.glb")


def middle_mm(case: Case, name: str) -> np.ndarray:
    number = next(i for i, layer in enumerate(case.layers) if layer.name == name)
    part = case.timepoints[0].surfaces.parts[number]
    return (part["min_mm"].astype(float) + part["max_mm"]) / 2


def test_every_part_has_a_tissue_and_no_branch_is_a_long_list(body: Case) -> None:
    assert len(body.layers) == 515 and all(layer.role != "other" for layer in body.layers)
    rows = tree_of(body).rows(frozenset())
    leaves = [row for row in rows if not row.is_group]
    assert len(leaves) == 515
    assert max(_leaves_of(rows, group.id) for group in rows if group.is_group) < 60


def _leaves_of(rows: tuple[Row, ...], group: str) -> int:
    """Directly under it."""
    ids = [row.id for row in rows]
    at, count = ids.index(group), 0
    for row in rows[at + 1 :]:
        if row.depth <= rows[at].depth:
            break
        count += not row.is_group and row.depth == rows[at].depth + 1
    return count


def test_it_stands_upright_and_faces_forwards(body: Case) -> None:
    """LPS: x to the patient's left, y to the back, z to the head."""
    femur, other = middle_mm(body, "Left femur"), middle_mm(body, "Right femur")
    assert femur[0] - other[0] > 100 and abs(femur[2] - other[2]) < 20
    assert middle_mm(body, "Frontal bone")[2] - femur[2] > 700
    assert middle_mm(body, "Left patella")[1] < femur[1]
    assert any("upright" in line for line in body.provenance)


def test_parts_are_isolated_spread_and_pointed_at(body: Case) -> None:
    document, scene = Document(body), Scene(body)
    document.apply(Peel())
    hidden = ~document.snapshot.layers["is_visible"]
    assert hidden.sum() == sum(layer.role in ("muscle", "tendon") for layer in body.layers)
    document.apply(Isolate(("left_femur",)))
    document.apply(Explode(0.5))
    snapshot = document.snapshot
    (shown,) = np.flatnonzero(scene.build(snapshot).parts["color"][:, 3])
    assert body.layers[shown].name == "Left femur"
    surfaces, places = body.timepoints[0].surfaces, scene.arrangement(snapshot)
    at = middle_mm(body, "Left femur") + places.shifts_mm[shown]
    x, y, z = (at - (0, 1000, 0)).tolist()
    hit = Picker(surfaces).pick(
        Ray((x, y, z), (0.0, 1.0, 0.0)), scene.visible_parts(snapshot), places
    )
    assert hit is not None and hit.part == shown
