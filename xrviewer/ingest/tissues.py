"""Structures the catalogue does not list: a tissue, a group and a readable name by their words."""

from __future__ import annotations

from xrviewer.case.catalogue import color_for, known_group
from xrviewer.case.model import Group, Layer

ORGANS = Group("organs", "Organs", "Organs")
VESSELS = Group("vessels", "Blood vessels", "Blood vessels")
_OWN_GROUPS = {group.id: group for group in (ORGANS, VESSELS)}

# The first row that shares a word with the name decides: costal cartilage is no bone.
_TISSUES = (
    ("lesion", "findings", "lesion lesions tumor tumour nodule cyst"),
    ("implant", "findings", "implant screw plate stent stem"),
    ("cartilage", "cartilage", "cartilage cartilages labrum"),
    ("meniscus", "menisci", "meniscus menisci"),
    ("ligament", "ligaments", "ligament ligaments acl pcl mcl lcl"),
    ("tendon", "tendons", "tendon tendons"),
    ("artery", "vessels", "artery arteries aorta trunk"),
    ("vein", "vessels", "vein veins vena cava"),
    ("nerve", "soft_tissue", "nerve cord plexus"),
    (
        "muscle",
        "muscles",
        "muscle muscles gluteus autochthon iliopsoas psoas quadriceps biceps supraspinatus",
    ),
    (
        "bone",
        "bones",
        "bone bones vertebra vertebrae rib sacrum hip femur tibia fibula patella humerus "
        "scapula clavicula clavicle skull sternum pelvis ulna radius talus calcaneus mandible "
        "spine ilium acetabulum maxilla coccyx",
    ),
    (
        "other",
        "organs",
        "spleen kidney gallbladder liver stomach pancreas adrenal lung esophagus trachea "
        "thyroid bowel duodenum colon bladder prostate heart atrial brain uterus thymus eye",
    ),
)
_SIDES = ("left", "right")


def tissue_layer(words: tuple[str, ...]) -> Layer:
    """A layer for a name of those words, in lower case."""
    role, group = next(
        ((role, group) for role, group, known in _TISSUES if set(words) & set(known.split())),
        ("other", None),
    )
    id = "_".join(words)[:64]
    return Layer(id, readable(words), color_for(id, role), group=group, role=role)


def group_of(id: str) -> Group:
    """The group of that id, known or not."""
    return known_group(id) or _OWN_GROUPS.get(id) or Group(id, id.replace("_", " ").capitalize())


def readable(words: tuple[str, ...]) -> str:
    """kidney left: Left kidney; vertebrae l1: Vertebrae L1; rib left 7: Left rib 7."""
    sides = [word for word in words if word in _SIDES]
    rest = [word.upper() if _is_level(word) else word for word in words if word not in _SIDES]
    text = " ".join([*sides, *rest])
    return text[:1].upper() + text[1:]


def _is_level(word: str) -> bool:
    """Of the spine, l1 or c7; and sequences, t1 or 3d."""
    return len(word) <= 4 and any(c.isdigit() for c in word) and any(c.isalpha() for c in word)
