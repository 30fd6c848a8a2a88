"""What a structure's name says, as DICOM's codes: SNOMED CT, through pydicom's dictionary."""

from __future__ import annotations

from typing import Any

from pydicom.sr.codedict import codes

from xrviewer.case.anatomy import name_words, tissue_of

_STRUCTURES = (
    "Femur", "BoneStructureOfTibia tibia", "Patella", "Fibula", "Pelvis", "Vertebra vertebrae",
    "Skull", "Liver", "Kidney", "Spleen", "Lung lungs", "Heart", "Pancreas", "Stomach",
    "Gallbladder", "Bladder", "Esophagus", "Trachea", "Colon", "Prostate", "Thyroid", "Aorta",
    "Cerebellum", "BrainStem brainstem", "Brain cerebrum",
)  # fmt: skip
"""A name of pydicom's, and the words that mean it besides; the first that is said decides."""
_TISSUES = {
    "bone": "Bone",
    "cartilage": "Cartilage",
    "meniscus": "Meniscus",
    "ligament": "Ligament",
    "tendon": "Tendon",
    "muscle": "Muscle",
    "nerve": "Nerve",
    "artery": "Artery",
    "vein": "Vein",
    "skin": "Skin",
    "fat": "AdiposeTissue",
    "grey_matter": "Brain",
    "white_matter": "Brain",
}
_OF_A_STRUCTURE = {"bone", "other", "grey_matter", "white_matter", "artery"}
"""Tissues that a whole structure's own code goes before: the femur's cartilage is cartilage."""


def category_and_type(name: str) -> tuple[Any, Any]:
    """Of a segment; an anatomical structure of no kind where the name says nothing known."""
    words = name_words(name)
    known = tissue_of(words)
    role = known[0] if known else ""
    if role == "lesion":
        return codes.SCT.MorphologicallyAbnormalStructure, codes.SCT.Lesion
    if not role or role in _OF_A_STRUCTURE:
        for row in _STRUCTURES:
            code, *others = row.split()
            if {code.lower(), *others} & set(words):
                return codes.SCT.AnatomicalStructure, getattr(codes.SCT, code)
    if role in _TISSUES:
        category = codes.SCT.AnatomicalStructure if role == "bone" else codes.SCT.Tissue
        return category, getattr(codes.SCT, _TISSUES[role])
    return codes.SCT.AnatomicalStructure, codes.SCT.AnatomicalStructure
