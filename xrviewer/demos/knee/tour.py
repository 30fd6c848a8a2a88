"""What a visitor is shown of the demo knee, and told."""

from __future__ import annotations

from xrviewer.case.tour import TourStep
from xrviewer.words import mark

_BONES = ("femur", "tibia", "patella", "fibula")
_CARTILAGE = (
    "femoral_cartilage",
    "medial_tibial_cartilage",
    "lateral_tibial_cartilage",
    "patellar_cartilage",
)
_MENISCI = ("medial_meniscus", "lateral_meniscus")
TOUR = (
    TourStep(
        mark("This is a right knee at its true size. You look at it from the front."), "front"
    ),
    TourStep(
        mark("Three bones meet here: the thigh bone, the shin bone and the kneecap."),
        "front",
        _BONES,
    ),
    TourStep(
        mark(
            "Where bones meet they are covered with cartilage: smooth, and a few millimetres thick."
        ),
        "front",
        (*_BONES, *_CARTILAGE),
    ),
    TourStep(
        mark("Two rings of firm cartilage, the menisci, spread the load between the bones."),
        "back",
        (*_MENISCI, "tibia", "medial_tibial_cartilage", "lateral_tibial_cartilage"),
    ),
    TourStep(
        mark("Bands called ligaments hold the bones together, two of them deep inside the joint."),
        "right",
        (*_BONES, *_MENISCI, "acl", "pcl", "mcl", "lcl"),
    ),
)
