"""The pictures of the README and the docs, made by the software itself.

Run it after a change of look: it makes the demo cases when they are missing and writes
docs/images. The same machine and driver give the same bytes. The one that
a runtime composed is `make_headset_picture.py`'s; `knee_report.png` is the demo knee's PDF.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from hands_still import hands_still

from xrviewer.caseio.loose import open_path
from xrviewer.commands.choices import DemoName
from xrviewer.commands.demo import make_demo
from xrviewer.commands.planes import WantedPlanes
from xrviewer.commands.render import Wanted, render
from xrviewer.document.comparison import Comparison, Together

HANDS = "hands_inside.jpg"
IMAGES = Path(__file__).parents[1] / "docs" / "images"
WIDTH, HEIGHT = 1200, 900
_HALF_BRAIN = ("pial_left", "white_left")
PICTURES = {
    "knee_corner.jpg": (DemoName.KNEE, Wanted("corner", WIDTH, HEIGHT)),
    "knee_front.jpg": (DemoName.KNEE, Wanted("front", WIDTH, HEIGHT, hide=("skin",))),
    "knee_inside.jpg": (DemoName.KNEE, Wanted("inside", WIDTH, HEIGHT)),
    "knee_thickness.jpg": (
        DemoName.KNEE,
        Wanted(
            "bottom",
            WIDTH,
            HEIGHT,
            timepoint="t1",
            only=("femur", "femoral_cartilage"),
            map="thickness_truth_mm",
            has_isolines=True,
        ),
    ),
    "knee_cut.jpg": (
        DemoName.KNEE,
        Wanted("left", WIDTH, HEIGHT, planes=WantedPlanes(cuts=("sagittal@-68",))),
    ),
    "knee_side_by_side.jpg": (
        DemoName.KNEE,
        Wanted("front", 1600, HEIGHT, hide=("skin",), dates=Comparison("t1", Together.SIDE)),
    ),
    "knee_turntable.webp": (
        DemoName.KNEE,
        Wanted("corner", 480, 360, hide=("skin",), is_turntable=True, seconds=4.0),
    ),
    "brain_left.jpg": (DemoName.BRAIN, Wanted("left", WIDTH, HEIGHT)),
    "brain_inside.jpg": (DemoName.BRAIN, Wanted("left", WIDTH, HEIGHT, hide=_HALF_BRAIN)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, default=Path("out"), help="where the demos are")
    parser.add_argument("--only", default="", help="the beginning of the wanted names")
    arguments = parser.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, (demo, wanted) in PICTURES.items():
        if name.startswith(arguments.only):
            case = open_path(make_demo(demo, arguments.cases, lambda *_: None, print))
            render(case, IMAGES / name, wanted, lambda *_: None)
            print(f"wrote {name}")
    if HANDS.startswith(arguments.only):
        hands_still(
            make_demo(DemoName.KNEE, arguments.cases, lambda *_: None, print), IMAGES / HANDS
        )
        print(f"wrote {HANDS}")


if __name__ == "__main__":
    main()
