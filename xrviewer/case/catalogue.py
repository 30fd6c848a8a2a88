"""The structures xrviewer knows by id: their names, their words for a patient, their colours."""

from __future__ import annotations

import colorsys
import zlib
from types import MappingProxyType

from xrviewer.case.model import Color, Group, Layer

TISSUE_COLORS = MappingProxyType(
    {
        "bone": Color.from_hex("#E8DCC4"),
        "cartilage": Color.from_hex("#9CC4D9"),
        "meniscus": Color.from_hex("#6FA39A"),
        "ligament": Color.from_hex("#D9C07A"),
        "tendon": Color.from_hex("#D9C07A"),
        "muscle": Color.from_hex("#A8554A"),
        "artery": Color.from_hex("#C0392B"),
        "vein": Color.from_hex("#3F6FB5"),
        "nerve": Color.from_hex("#E5C33C"),
        "fat": Color.from_hex("#E9CF8F"),
        "skin": Color.from_hex("#D8A98A"),
        "grey_matter": Color.from_hex("#C9B5A8"),
        "white_matter": Color.from_hex("#F2F0EE"),
        "lesion": Color.from_hex("#C2477F"),
        "implant": Color.from_hex("#B9BEC4"),
    }
)
"""Told apart by hue and by lightness, so that they hold in print and for colour-blind readers."""

_OPACITY = MappingProxyType({"skin": 0.15, "fat": 0.5})

_GROUPS = (
    Group("bones", "Bones", "Bones"),
    Group("cartilage", "Articular cartilage", "Gliding surfaces"),
    Group("menisci", "Menisci", "Shock absorbers"),
    Group("ligaments", "Ligaments", "Ligaments"),
    Group("tendons", "Tendons", "Tendons"),
    Group("muscles", "Muscles", "Muscles"),
    Group("vessels", "Blood vessels", "Blood vessels"),
    Group("nerves", "Nerves", "Nerves"),
    Group("organs", "Organs", "Organs"),
    Group("soft_tissue", "Soft tissue", "Soft tissue"),
    Group("cortex", "Cerebral cortex", "Surface of the brain"),
    Group("brain", "Brain", "Brain"),
    Group("findings", "Findings", "What the doctors found"),
)

# id, clinical name, plain name, group, role, one sentence for the person it belongs to
_KNOWN = (
    (
        "femur",
        "Femur",
        "Thigh bone",
        "bones",
        "bone",
        "The thigh bone; its two rounded ends roll on the shin bone when you bend the knee.",
    ),
    (
        "tibia",
        "Tibia",
        "Shin bone",
        "bones",
        "bone",
        "The shin bone; its broad, nearly flat top carries your weight through the knee.",
    ),
    (
        "patella",
        "Patella",
        "Kneecap",
        "bones",
        "bone",
        "The kneecap; it glides on the thigh bone and gives your thigh muscle a longer lever.",
    ),
    (
        "fibula",
        "Fibula",
        "Outer calf bone",
        "bones",
        "bone",
        "The slim bone on the outside of the calf; muscles and ligaments hold on to it.",
    ),
    (
        "femoral_cartilage",
        "Femoral cartilage",
        "Lining of the thigh bone",
        "cartilage",
        "cartilage",
        "The smooth lining at the end of the thigh bone that lets the joint glide.",
    ),
    (
        "tibial_cartilage",
        "Tibial cartilage",
        "Lining of the shin bone",
        "cartilage",
        "cartilage",
        "The smooth lining on top of the shin bone that lets the joint glide.",
    ),
    (
        "medial_tibial_cartilage",
        "Medial tibial cartilage",
        "Inner lining of the shin bone",
        "cartilage",
        "cartilage",
        "The smooth lining on the inner half of the top of the shin bone.",
    ),
    (
        "lateral_tibial_cartilage",
        "Lateral tibial cartilage",
        "Outer lining of the shin bone",
        "cartilage",
        "cartilage",
        "The smooth lining on the outer half of the top of the shin bone.",
    ),
    (
        "patellar_cartilage",
        "Patellar cartilage",
        "Lining of the kneecap",
        "cartilage",
        "cartilage",
        "The smooth lining on the back of the kneecap, among the thickest in the body.",
    ),
    (
        "medial_meniscus",
        "Medial meniscus",
        "Inner shock absorber",
        "menisci",
        "meniscus",
        "A C-shaped cushion on the inner side of the knee that spreads your weight.",
    ),
    (
        "lateral_meniscus",
        "Lateral meniscus",
        "Outer shock absorber",
        "menisci",
        "meniscus",
        "A C-shaped cushion on the outer side of the knee that spreads your weight.",
    ),
    (
        "acl",
        "Anterior cruciate ligament",
        "Front cross ligament",
        "ligaments",
        "ligament",
        "A strong band inside the knee that keeps the shin bone from sliding forwards.",
    ),
    (
        "pcl",
        "Posterior cruciate ligament",
        "Rear cross ligament",
        "ligaments",
        "ligament",
        "A strong band inside the knee that keeps the shin bone from sliding backwards.",
    ),
    (
        "mcl",
        "Medial collateral ligament",
        "Inner side ligament",
        "ligaments",
        "ligament",
        "A flat band along the inner side that keeps the knee from bending inwards.",
    ),
    (
        "lcl",
        "Lateral collateral ligament",
        "Outer side ligament",
        "ligaments",
        "ligament",
        "A cord along the outer side that keeps the knee from bending outwards.",
    ),
    (
        "patellar_tendon",
        "Patellar tendon",
        "Tendon below the kneecap",
        "tendons",
        "tendon",
        "The strong band from the kneecap to the shin bone that straightens your leg.",
    ),
    (
        "quadriceps_tendon",
        "Quadriceps tendon",
        "Tendon above the kneecap",
        "tendons",
        "tendon",
        "The strong band that joins your thigh muscle to the kneecap.",
    ),
    (
        "quadriceps",
        "Quadriceps femoris",
        "Thigh muscle",
        "muscles",
        "muscle",
        "The large muscle at the front of the thigh that straightens the knee.",
    ),
    (
        "popliteal_artery",
        "Popliteal artery",
        "Artery behind the knee",
        "soft_tissue",
        "artery",
        "The artery behind the knee that brings blood to the lower leg.",
    ),
    (
        "popliteal_vein",
        "Popliteal vein",
        "Vein behind the knee",
        "soft_tissue",
        "vein",
        "The vein behind the knee that carries blood back from the lower leg.",
    ),
    (
        "hoffa_fat_pad",
        "Infrapatellar (Hoffa) fat pad",
        "Fat pad below the kneecap",
        "soft_tissue",
        "fat",
        "A soft pad behind the tendon below the kneecap that fills and cushions the joint.",
    ),
    (
        "skin",
        "Skin",
        "Skin",
        "soft_tissue",
        "skin",
        "The outside of the body, drawn like glass so that you can see where everything lies.",
    ),
    (
        "cerebellum_brainstem",
        "Cerebellum and brainstem",
        "Little brain and brain stem",
        "brain",
        "grey_matter",
        "The little brain keeps movement smooth; the stem keeps breath and heartbeat going.",
    ),
    (
        "pial_left",
        "Left pial surface",
        "Outer surface of the brain, left",
        "cortex",
        "grey_matter",
        "The outer surface of the left half of the brain, with its folds.",
    ),
    (
        "pial_right",
        "Right pial surface",
        "Outer surface of the brain, right",
        "cortex",
        "grey_matter",
        "The outer surface of the right half of the brain, with its folds.",
    ),
    (
        "white_left",
        "Left white matter surface",
        "Inner border of the cortex, left",
        "cortex",
        "white_matter",
        "Where the folded outer layer of the left half of the brain meets the wiring beneath it.",
    ),
    (
        "white_right",
        "Right white matter surface",
        "Inner border of the cortex, right",
        "cortex",
        "white_matter",
        "Where the folded outer layer of the right half of the brain meets the wiring beneath it.",
    ),
    (
        "cortex",
        "Cerebral cortex",
        "Outer layer of the brain",
        "cortex",
        "grey_matter",
        "The folded outer layer of the brain, a few millimetres thick.",
    ),
    (
        "cortex_left",
        "Left cerebral cortex",
        "Outer layer of the brain, left",
        "cortex",
        "grey_matter",
        "The folded outer layer of the left half of the brain, a few millimetres thick.",
    ),
    (
        "cortex_right",
        "Right cerebral cortex",
        "Outer layer of the brain, right",
        "cortex",
        "grey_matter",
        "The folded outer layer of the right half of the brain, a few millimetres thick.",
    ),
    (
        "lesion",
        "Lesion",
        "Area of interest",
        "findings",
        "lesion",
        "A place that looks different from what is around it; your doctor can say what it means.",
    ),
    (
        "implant",
        "Implant",
        "Implant",
        "findings",
        "implant",
        "A part that was put in by a surgeon.",
    ),
)


def groups() -> tuple[Group, ...]:
    """The branches that structures hang on, by what they are made of."""
    return _GROUPS


def known_ids() -> tuple[str, ...]:
    return tuple(_LAYERS)


def known(id: str) -> Layer | None:
    """The structure of that id; None when the catalogue does not have it."""
    return _LAYERS.get(id)


def known_group(id: str) -> Group | None:
    return next((group for group in _GROUPS if group.id == id), None)


def layer_for(id: str, name: str = "") -> Layer:
    """The known structure, or a plain layer in a colour of its own; a name given is kept."""
    layer = known(id)
    return layer if layer is not None else Layer(id, name or id, color_for(id))


def color_for(id: str, role: str = "other") -> Color:
    """The tissue's colour; else one by the id alone, the same on every machine."""
    tissue = TISSUE_COLORS.get(role)
    if tissue is not None:
        return tissue
    # Only the hue is free: one lightness and one mild saturation sit beside the tissues
    # without shouting, and no hash can give black, white or neon.
    digest = zlib.crc32(id.encode())
    hue, wobble = (digest & 0xFFFF) / 0x10000, (digest >> 16) / 0x10000
    color = Color(*colorsys.hls_to_rgb(hue, 0.60 + 0.10 * wobble, 0.38))
    return Color.from_hex(color.hex())  # what a manifest can hold, so that it comes back the same


def opacity_for(role: str) -> float:
    """Of a tissue that lies over others: clear, so that they are seen."""
    return _OPACITY.get(role, 1.0)


def _layer(id: str, name: str, plain: str, group: str, role: str, sentence: str) -> Layer:
    color, opacity = TISSUE_COLORS[role], opacity_for(role)
    return Layer(id, name, color, plain, sentence, group, opacity, role)


_LAYERS = {row[0]: _layer(*row) for row in _KNOWN}
