"""What is open and typed on the panels: tool state, forgotten at exit."""

from __future__ import annotations

from dataclasses import dataclass, field

from xrviewer.case.model import Case, Timepoint
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction.home import head_of
from xrviewer.interaction.step import Tools
from xrviewer.interaction.world import World
from xrviewer.panels.trends import Trend
from xrviewer.scene.probe import Reading
from xrviewer.scene.slices import Coarse
from xrviewer.spatial.film import Camera
from xrviewer.spatial.rays import Hit
from xrviewer.spatial.transforms import Pose
from xrviewer.spatial.views import View

COUNTDOWN_S = 3.0
"""Of a still: long enough to look where the camera looks, and to let the hand fall."""


@dataclass(frozen=True, slots=True)
class PanelState:
    """One value; a panel answers with the next one."""

    open: str = "case"
    """The panel that is in front."""
    search: str = ""
    selected: str | None = None
    """The layer or group whose details are shown."""
    measurement: str | None = None
    """The one whose details are shown."""
    measurement_name: str | None = None
    """What it is to be called; None while nothing was typed."""
    measurement_note: str | None = None
    """What is to be said of it; None while nothing was typed."""
    closed_groups: frozenset[str] = frozenset()
    shows_looks: bool = False
    """The ready and saved looks in place of the tree."""
    keyboard: str = ""
    """The field that the keyboard on the board writes into; there is none at a desk."""
    keys: tuple[str, ...] = ()
    """Pressed on it, and not yet taken by the field."""
    is_patient: bool = False
    """A few large choices in place of all the panels."""
    is_locked: bool = False
    """They are not left by holding the corner."""
    tour_step: int | None = None
    shows_maps: bool = False
    """All maps in place of the one that is shown."""
    help_page: int | None = None
    """Left hand, right hand, bare hands; None for what is in use."""
    trend: int = 0
    """Which measure is plotted over the dates."""
    capture_held_s: float | None = None
    """How long the capture control has been held."""
    stills: int = 0
    """How many were asked for so far."""
    is_filming: bool = False
    """A film is asked for."""
    camera: Camera = Camera.EYE
    """What it is made by: the eyes, a steady camera in the room, or both."""
    camera_calls: int = 0
    """How often that camera was asked to come."""
    ready: str = ""
    """A ready picture or film that was asked for: taken by who makes it."""
    with_voice: bool = False
    """The film has what the microphone hears."""
    slice: str | None = None
    """The slice whose details are shown; None for the one that keys and sticks mean."""
    slice_page: int = 0
    """Of its details: place, brightness, scans, cuts."""


@dataclass(frozen=True, slots=True)
class Capturing:
    """How a still or a film is going: told by who makes it."""

    can_film: bool = False
    film_s: int | None = None
    """How long the film in the making is; None where there is none."""
    hears_voice: bool = False
    """It has what the microphone hears."""
    said: str = ""
    """What became of the last one."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a panel may look at."""

    world: World
    snapshot: Snapshot
    can_undo: bool = False
    can_redo: bool = False
    views: tuple[View, ...] = ()
    hit: Hit | None = None
    """Where a hand last pointed at the model."""
    is_desk: bool = False
    tools: Tools = field(default_factory=Tools)
    """What the hands are doing."""
    reading: Reading | None = None
    """What the shown map says where it is pointed at now."""

    told: str = ""
    """What came of the last thing that was asked beside the frame."""
    capturing: Capturing = Capturing()
    trends: tuple[Trend, ...] = ()
    """Of thickness over the dates, as far as they are found."""
    coarse: tuple[Coarse, ...] = ()
    """Scans that are shown at less than their resolution."""

    @property
    def head(self) -> Pose | None:
        return head_of(self.views)

    @property
    def case(self) -> Case:
        return self.world.case

    @property
    def timepoint(self) -> Timepoint:
        return next(t for t in self.case.timepoints if t.id == self.snapshot.timepoint)


@dataclass(frozen=True, slots=True)
class Surface:
    """What the panels are drawn on."""

    width: float
    height: float
    """In millimetres of the board at rest distance."""
    density: float
    """Pixels to such a millimetre."""
    is_desk: bool = False
    is_hidden: bool = False
    """Only a strip that brings them back."""
