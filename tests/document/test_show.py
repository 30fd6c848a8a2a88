from __future__ import annotations

import json

from tests.document.sessions import case_of
from xrviewer.document import intents as it
from xrviewer.document.document import Document
from xrviewer.document.show import show_session
from xrviewer.spatial.transforms import Placement


def test_it_is_the_shape_that_others_read() -> None:
    document = Document(case_of(("femur", "tibia")))
    document.apply(it.SetLayerOpacity("tibia", 0.3))
    document.apply(it.SetLayerVisible("femur", False))
    document.apply(it.PlaceModel(Placement((0.1, 1.2, -0.3), (0.0, 0.6, 0.0, 0.8), 2.5)))
    document.apply(it.SelectTool("ruler"))
    assert json.loads(json.dumps(show_session(document.snapshot))) == {
        "model": {
            "position_m": [0.1, 1.2, -0.3],
            "rotation_xyzw": [0.0, 0.6, 0.0, 0.8],
            "scale": 2.5,
        },
        "layers": {
            "femur": {"visible": False, "opacity": 1.0, "color": "#e8dcc0"},
            "tibia": {"visible": True, "opacity": 0.3, "color": "#e8dcc0"},
        },
        "isolated": None,
        "ghosted": None,
        "peeled": [],
        "presets": {},
        "parts": {},
        "explode": 0.0,
        "slices": [],
        "cuts": [],
        "crosshair_mm": None,
        "measurements": [],
        "comparison": {},
        "map": None,
        "tool": "ruler",
    }


def test_a_shown_map_is_told_with_its_look() -> None:
    document = Document(case_of())
    document.apply(it.ShowMap("depth_mm"))
    assert show_session(document.snapshot)["map"] == {
        "id": "depth_mm",
        "range": None,
        "steps": 0,
        "isolines": False,
    }
    document.apply(it.SetMapRange("depth_mm", -0.5, 3.25))
    document.apply(it.SetMapSteps("depth_mm", 8))
    wanted = {"id": "depth_mm", "range": [-0.5, 3.25], "steps": 8, "isolines": False}
    assert show_session(document.snapshot)["map"] == wanted
    for _ in range(3):
        document.apply(it.Undo())
    assert show_session(document.snapshot)["map"] is None
    assert document.snapshot.map_look("depth_mm").range is None
