"""How the bones stand to each other and in the case. A right knee: lateral is towards -x."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xrviewer.spatial.transforms import Matrix, Vec3, axis_rotation, rigid

FLEXION_AXIS_MM: Vec3 = (0.0, 4.0, 20.8)
"""In the joint frame; the femur's own origin lies here."""
PATELLA_MM: Vec3 = (-2.5, -48.5, 31.5)
"""The middle of the patella at the reference flexion, in the joint frame."""


@dataclass(frozen=True, slots=True)
class KneePose:
    """Where the leg lies and how the knee is bent."""

    joint_mm: Vec3
    """The middle of the joint, in the case frame."""
    leg_axis: Vec3
    leg_turn_deg: float
    """The whole leg turns about leg_axis through the middle of the joint."""
    flexion_deg: float
    patella_glide_mm: Vec3
    """The patella follows its groove as the knee bends; from PATELLA_MM."""
    patella_tilt_deg: float

    @property
    def case_from_joint(self) -> Matrix:
        """The joint frame is also the tibia's and the fibula's."""
        return rigid(self.joint_mm, axis_rotation(self.leg_axis, np.deg2rad(self.leg_turn_deg)))

    @property
    def joint_from_femur(self) -> Matrix:
        return rigid(FLEXION_AXIS_MM, axis_rotation((1, 0, 0), -np.deg2rad(self.flexion_deg)))

    @property
    def joint_from_patella(self) -> Matrix:
        place = np.add(PATELLA_MM, self.patella_glide_mm)
        return rigid(place, axis_rotation((1, 0, 0), -np.deg2rad(self.patella_tilt_deg)))

    def joint_from(self, bone: str) -> Matrix:
        if bone == "femur":
            return self.joint_from_femur
        return self.joint_from_patella if bone == "patella" else np.eye(4)

    def case_from(self, bone: str) -> Matrix:
        """Of "femur", "tibia", "fibula" or "patella"."""
        placed: Matrix = self.case_from_joint @ self.joint_from(bone)
        return placed
