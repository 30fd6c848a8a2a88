"""What the words of a structure's name say of it: which tissue, where in the body, which side.

Clinical English and the Latin of the nomenclature; plain German for the tissues. A name that says
nothing known is left alone: a guess would be drawn in the wrong colour.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from xrviewer.words import mark

LEFT, RIGHT = "left", "right"
REGION_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "head": mark("Head"),
        "neck": mark("Neck"),
        "spine": mark("Spine and back"),
        "chest": mark("Chest"),
        "shoulder": mark("Shoulder and upper arm"),
        "forearm": mark("Forearm"),
        "hand": mark("Hand"),
        "abdomen": mark("Abdomen"),
        "pelvis": mark("Pelvis"),
        "thigh": mark("Hip and thigh"),
        "leg": mark("Knee and lower leg"),
        "foot": mark("Foot"),
    }
)
"""From the top down."""

# The first row that shares a word with the name decides: the long head of biceps femoris is no
# femur, an intervertebral disk of the axis no bone, the thyroid artery no organ.
_TISSUES = (
    ("lesion", "findings", "lesion lesions tumor tumour nodule cyst metastasis"),
    ("implant", "findings", "implant screw plate stent stem electrode"),
    ("cartilage", "cartilage", "cartilage cartilages labrum disk disc cartilago knorpel"),
    ("meniscus", "menisci", "meniscus menisci"),
    (
        "ligament",
        "ligaments",
        "ligament ligaments acl pcl mcl lcl retinaculum membrane ligamentum fascia aponeurosis",
    ),
    ("tendon", "tendons", "tendon tendons tendo sehne"),
    ("nerve", "nerves", "nerve nerves cord plexus ganglion nervus nerv sympathetic chiasm"),
    ("artery", "vessels", "artery arteries arteria arteriae aorta trunk arteriole arterie"),
    ("vein", "vessels", "vein veins vena venae cava venous venule vene"),
    ("skin", "soft_tissue", "skin cutis haut"),
    ("fat", "soft_tissue", "fat fatty adipose panniculus"),
    (
        "muscle",
        "muscles",
        "muscle muscles musculus musculi muskel abductor accessorius adductor anconeus autochthon "
        "biceps brachialis brachii brachioradialis buccinator coccygeus coracobrachialis "
        "costarum deltoid diaphragm digastric erector extensor fibularis flexor gastrocnemius "
        "gemellus gluteus gracilis iliacus iliococcygeus iliocostalis iliopsoas infraspinatus "
        "intercostal interossei interosseus interspinales intertransversarii intertransversarius "
        "latissimus levator levatores longissimus lumbricals lumbrical masseter multifidus "
        "mylohyoid obliquus obturator omohyoid opponens orbicularis palmaris pectineus "
        "pectoralis peroneus piriformis plantaris platysma popliteus pronator psoas pterygoid "
        "pubococcygeus puborectalis quadratus quadriceps rectus rhomboid rotator rotatores "
        "sartorius scalene scalenus semimembranosus semispinalis semitendinosus serratus soleus "
        "spinalis splenius sternocleidomastoid sternohyoid sternothyroid stylohyoid subclavius "
        "subscapularis supinator supraspinatus temporalis tensor teres thyrohyoid tibialis "
        "transversus trapezius triceps vastus zygomaticus oblique alba",
    ),
    (
        "bone",
        "bones",
        "bone bones os ossa knochen acetabulum atlas axis calcaneus capitate clavicle clavicula "
        "coccyx concha cranium cuboid cuneiform ethmoid femur fibula hamate hip humerus hyoid "
        "ilium ischium lunate mandible mandibula manubrium maxilla metacarpal metatarsal "
        "navicular patella pelvis phalanx phalanges pisiform pubis radius rib ribs costa sacrum "
        "scaphoid scapula sesamoid skull sphenoid spine sternum talus tibia tooth teeth "
        "trapezium trapezoid triquetral triquetrum ulna vertebra vertebrae vomer xiphoid incus "
        "malleus stapes zygoma incisor canine molar premolar",
    ),
    (
        "other",
        "organs",
        "spleen kidney gallbladder liver stomach pancreas adrenal lung lungs esophagus trachea "
        "thyroid bowel duodenum jejunum ileum colon rectum appendix bladder prostate heart atrial "
        "atrium uterus ovary testis thymus eye eyeball tongue larynx pharynx tonsil ureter "
        "urethra bronchus breast intestine parathyroid pituitary oesophagus hepar ren pulmo cor",
    ),
    ("white_matter", "brain", "callosum fornix peduncle"),
    (
        "grey_matter",
        "brain",
        "brain cerebrum cerebellum brainstem cortex gyrus lobe thalamus hypothalamus hippocampus "
        "amygdala putamen pallidum caudate midbrain pons medulla insula",
    ),
)

# A phrase of several words counts for more than one of a single word; of phrases that say as much
# the first row's decides: an opponens of the foot is not the hand's.
_REGIONS = (
    (
        "foot",
        "foot toe calcaneus calcaneal talus navicular cuboid cuneiform metatarsal tarsal ankle "
        "hallucis plantar sesamoid big-toe flexor-accessorius digitorum-brevis quadratus-plantae "
        "adductor-hallucis",
    ),
    (
        "hand",
        "hand finger thumb metacarpal carpal wrist scaphoid lunate triquetral triquetrum pisiform "
        "trapezium trapezoid capitate hamate pollicis opponens palmar adductor-pollicis "
        "pollicis-brevis",
    ),
    (
        "forearm",
        "forearm radius ulna radial ulnar brachioradialis carpi pronator supinator palmaris "
        "indicis anconeus pollicis-longus digiti-minimi-extensor digitorum-profundus "
        "digitorum-superficialis extensor-digitorum extensor-pollicis pronator-teres "
        "abductor-pollicis-longus extensor-pollicis-brevis",
    ),
    (
        "leg",
        "leg knee patella tibia fibula tibial fibular fibularis peroneus tibialis gastrocnemius "
        "soleus plantaris popliteus popliteal calf meniscus cruciate achilles calcaneal-tendon "
        "hallucis-longus digitorum-longus-flexor digitorum-longus-extensor",
    ),
    (
        "thigh",
        "thigh femur femoris femoral gluteus piriformis obturator gemellus vastus sartorius "
        "gracilis adductor pectineus semitendinosus semimembranosus iliacus psoas iliopsoas "
        "quadriceps tensor-fasciae biceps-femoris rectus-femoris",
    ),
    (
        "shoulder",
        "shoulder arm clavicle clavicula scapula humerus deltoid trapezius supraspinatus "
        "infraspinatus subscapularis teres biceps triceps brachialis brachii brachial axillary "
        "coracobrachialis latissimus rhomboid levator-scapulae subclavius",
    ),
    (
        "spine",
        "spine back vertebra vertebrae atlas axis sacrum coccyx disk disc intervertebral spinal "
        "iliocostalis longissimus spinalis semispinalis multifidus rotator rotatores interspinales "
        "intertransversarii intertransversarius erector serratus-posterior cervical-vertebra "
        "thoracic-vertebra lumbar-vertebra levatores-costarum cervical-rotator autochthon "
        "cervical-intertransversarii",
    ),
    (
        "neck",
        "neck cervical cervicis sternocleidomastoid sternohyoid sternothyroid omohyoid thyrohyoid "
        "stylohyoid mylohyoid digastric platysma scalenus scalene colli hyoid larynx thyroid "
        "pharynx carotid jugular splenius semispinalis-capitis rectus-capitis obliquus-capitis "
        "longus-capitis longissimus-capitis",
    ),
    (
        "head",
        "skull frontal parietal temporal occipital sphenoid ethmoid vomer nasal lacrimal zygomatic "
        "maxilla mandible palatine concha masseter temporalis pterygoid buccinator eye orbit optic "
        "ear nose tongue tooth teeth brain cerebrum cerebellum brainstem cranial facial face jaw "
        "cerebral gyrus cortex thalamus hippocampus orbicularis zygomaticus",
    ),
    (
        "chest",
        "chest thorax rib ribs costal costarum sternum manubrium xiphoid pectoralis intercostal "
        "transversus-thoracis thoracic lung lungs heart aorta bronchus esophagus breast diaphragm "
        "pericardium thymus mediastinum serratus-anterior trachea pulmonary coronary atrium atrial",
    ),
    (
        "abdomen",
        "abdomen abdominal abdominis liver spleen kidney stomach pancreas gallbladder bowel "
        "intestine duodenum jejunum ileum colon appendix adrenal external-oblique internal-oblique "
        "linea-alba quadratus-lumborum mesenteric celiac hepatic splenic renal portal umbilical",
    ),
    (
        "pelvis",
        "pelvis pelvic bladder prostate uterus ovary testis rectum urethra pubococcygeus "
        "puborectalis coccygeus iliococcygeus levator-ani inguinal hip ilium ischium pubis iliac "
        "sacroiliac hip-bone",
    ),
)
_SIDES = {"left": LEFT, "right": RIGHT, "links": LEFT, "rechts": RIGHT}
_SIDES |= {"sinister": LEFT, "dexter": RIGHT, "sinistra": LEFT, "dextra": RIGHT}
_SIDE_LETTERS = {"l": LEFT, "r": RIGHT}

_TISSUE_WORDS = tuple((role, group, frozenset(words.split())) for role, group, words in _TISSUES)
_PHRASES = tuple(
    (frozenset(phrase.split("-")), region)
    for region, phrases in _REGIONS
    for phrase in phrases.split()
)
_BY_WORD: dict[str, list[tuple[int, frozenset[str], str]]] = {}
"""The phrases that a word is in, with their place in the table."""
for _place, (_phrase, _region) in enumerate(_PHRASES):
    for _word in _phrase:
        _BY_WORD.setdefault(_word, []).append((_place, _phrase, _region))


def name_words(name: str) -> tuple[str, ...]:
    """In lower case, without accents: "Fémur_L" is femur, l; "LeftKidney" left, kidney."""
    plain = unicodedata.normalize("NFKD", name)
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare)
    return tuple(re.findall(r"[^\W_]+", apart.casefold()))


def tissue_of(words: Iterable[str]) -> tuple[str, str] | None:
    """The role of a layer, and the id of the group of its kind; None where no word tells."""
    said = frozenset(words)
    return next(((role, group) for role, group, known in _TISSUE_WORDS if said & known), None)


def region_of(words: Iterable[str]) -> str | None:
    """A key of REGION_NAMES; None where no word tells."""
    said = frozenset(words)
    told = [one for word in said for one in _BY_WORD.get(word, ()) if one[1] <= said]
    return max(told, key=lambda one: (len(one[1]), -one[0]))[2] if told else None


def side_of(words: Iterable[str]) -> str | None:
    """By the word, or by a letter that stands last; None in the middle, and where both are said."""
    said = tuple(words)
    sides = {_SIDES[word] for word in said if word in _SIDES}
    if not sides and said and said[-1] in _SIDE_LETTERS and len(said) > 1:
        sides = {_SIDE_LETTERS[said[-1]]}
    return sides.pop() if len(sides) == 1 else None


def anatomical_words() -> frozenset[str]:
    """All that are known here. None of them is a person's."""
    known = frozenset().union(*(words for _, _, words in _TISSUE_WORDS))
    return known.union(*(phrase for phrase, _ in _PHRASES), _SIDES)
