"""What a patient sees: few large choices, plain words, a tour; and how a clinician leaves it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

from tests.panels.acting import Person
from tests.shapes import case_of, sphere
from xrviewer.case.model import Case
from xrviewer.case.tour import TourStep
from xrviewer.document.document import Document
from xrviewer.document.intents import EndIsolation, Isolate, PlaceModel, ShowPreset
from xrviewer.interaction.world import world_of
from xrviewer.panels.host import Panels
from xrviewer.panels.patient_panel import LARGE, MOST_CHOICES

ROLES = {"femur": "bone", "cartilage": "cartilage", "acl": "ligament", "biceps": "muscle"}


def patients_case() -> Case:
    case = case_of({name: sphere(rings=6) for name in ROLES})
    layers = tuple(replace(layer, role=ROLES[layer.id]) for layer in case.layers)
    tour = (TourStep("This is a knee."), TourStep("This is bone.", "back", ("femur",)))
    return replace(case, layers=layers, tour=tour)


CASE = patients_case()


@pytest.fixture
def patient() -> Person:
    with closing(Panels(CASE, is_patient=True)) as panels:
        made = Person(Document(CASE), panels, world_of(CASE))
        made.wait()
        yield made  # type: ignore[misc]


def test_there_are_five_large_choices_and_nothing_else(patient: Person) -> None:
    places = dict(patient.panels.places)
    places.pop("corner")
    assert len(places) == MOST_CHOICES
    assert all(bottom - top >= LARGE for _, top, _, bottom in places.values())
    assert "rail case" not in places


def test_each_choice_shows_what_it_says(patient: Person) -> None:
    assert patient.press("The bones") == [ShowPreset("bones")]
    assert patient.press("Everything") == [ShowPreset("everything")]


def test_the_tour_goes_on_and_back_and_ends_as_it_began(patient: Person) -> None:
    patient.press("Show me around")
    assert patient.panels.state.tour_step == 0
    asked = patient.press("Next")
    assert asked[0] == Isolate(("femur",)) and isinstance(asked[1], PlaceModel)
    model, extent = patient.document.snapshot.model, patient.world.extent(patient.document.snapshot)
    assert extent.room_center(model) == pytest.approx((0.0, 0.8, -0.6), abs=1e-6)
    assert abs(model.rotation_xyzw[1]) == pytest.approx(1.0)  # turned about: its back is in front
    patient.press("Back")
    assert patient.panels.state.tour_step == 0
    patient.press("Next")
    assert patient.press("Finish") == [EndIsolation()]
    assert patient.document.snapshot.layers["is_visible"].all()
    assert patient.panels.state.tour_step is None


def hold_the_corner(user: Person, seconds: float) -> None:
    user.point("corner")
    user.at = replace(user.at, is_pressed=True)
    user.wait(round(seconds * 90))
    user.at = replace(user.at, is_pressed=False)
    user.wait()


def test_the_corner_is_left_by_holding_it(patient: Person) -> None:
    hold_the_corner(patient, 1.0)
    assert patient.panels.state.is_patient
    hold_the_corner(patient, 2.3)
    assert not patient.panels.state.is_patient
    assert "rail case" in patient.panels.places


def test_a_locked_corner_stays() -> None:
    with closing(Panels(CASE, is_patient=True, is_locked=True)) as panels:
        user = Person(Document(CASE), panels, world_of(CASE))
        user.wait()
        hold_the_corner(user, 4.0)
        assert panels.state.is_patient
