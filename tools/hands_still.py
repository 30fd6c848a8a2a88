"""The end of the scripted hands as a picture: all is lived through, and the last frame drawn.

python tools/hands_still.py CASE OUT.jpg
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path

from scripted_hands import FRAMES_PER_S, frames

from xrviewer.capture.image import write_still
from xrviewer.caseio.loose import open_path
from xrviewer.commands.choices import Camera
from xrviewer.commands.inputs import chosen_inputs, with_inputs
from xrviewer.commands.replaying import Shots
from xrviewer.commands.stage import open_stage
from xrviewer.commands.stills import Plates
from xrviewer.frontends.frontend import Wait
from xrviewer.frontends.offscreen import OffscreenFrontend
from xrviewer.frontends.recording import InputRecorder
from xrviewer.interaction.preferences import Preferences
from xrviewer.render.renderer import Quality

SIZE = (1280, 960)


def hands_still(folder: Path, out: Path) -> None:
    case = open_path(folder)
    with ExitStack() as stack:
        recorded = Path(stack.enter_context(tempfile.TemporaryDirectory()), "hands.input")
        with InputRecorder(recorded, case.id, 0, Preferences()) as recorder:
            for inp in frames():
                recorder.write(inp)
        inputs = chosen_inputs(case, None, recorded)
        assert inputs.replay is not None
        quality = Quality(waits_for_scans=True)
        lived = {"preferences": inputs.preferences, "panels": inputs.panels}
        stage = stack.enter_context(open_stage(case, session=None, quality=quality, **lived))
        shots = stack.enter_context(closing(Shots(stage, Camera.EYE, *SIZE)))
        shown_in = OffscreenFrontend(shots.canvas, inputs.replay)
        frontend = stack.enter_context(with_inputs(stage, inputs, shown_in))
        while frontend.wait() is not Wait.QUIT:
            draw = stage.app.step(frontend.input(), frontend.target())
            shots.see(1 / FRAMES_PER_S)
        write_still(Plates(stage).now()(shots.picture(draw))[..., :3], out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    hands_still(arguments.case, arguments.out)


if __name__ == "__main__":
    main()
