"""The words of `render` for what is seen of the layers."""

from __future__ import annotations

from typing import Annotated

import typer

PresetName = Annotated[
    str | None,
    typer.Option(
        "--preset",
        metavar="NAME",
        help="A ready choice (bones, cartilage, muscles, ...) or a look the session saved.",
    ),
]
PeelCount = Annotated[
    int, typer.Option("--peel", metavar="N", min=0, help="Take off the outermost N layers.")
]
IsolateNames = Annotated[
    list[str] | None,
    typer.Option(
        "--isolate",
        metavar="NAME",
        help="Only this structure or group, by id, clinical or plain name; again for more.",
    ),
]
GhostRest = Annotated[
    bool, typer.Option("--ghost-rest", help="With --isolate: the rest as ghosts, not hidden.")
]
ExplodeAmount = Annotated[
    float, typer.Option("--explode", min=0.0, max=3.0, help="Spread the structures apart.")
]
