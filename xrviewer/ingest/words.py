"""The only words of a source that may enter a case: those of anatomy and of scanning.

A name in a file may hold the name of a person, so no text of a source is copied. What a file
calls a structure or a sequence is taken apart, and the words that are known here are kept.
"""

from __future__ import annotations

import re

from xrviewer.case.anatomy import anatomical_words
from xrviewer.case.catalogue import groups, known, known_ids
from xrviewer.ingest.totalsegmentator import CLASSES, MR_CLASSES

_SEQUENCES = (
    "adc asl b0 blade bold bravo cbct ciss cor coronal ct cta cube dce dess dixon dixon_f dixon_w "
    "dwi dti echo epi fat fatsat fiesta fisp flair flash fs fse fspgr gre haste hr iso space "
    "localizer lava mag merge mip mpr mprage mr mra mrcp native nativ neck pc pd pd_fs phase post "
    "pre proton sag sagittal se sat spair spgr spin spir ssfp stir survey swi t1 t1rho t1w t2 t2w "
    "t2star tf tfe tof tra transversal trufi tse turbo vibe water ax axial 2d 3d iso contrast gd "
    "venous arterial portal delayed bone lung soft tissue kernel thin thick mese map density"
)
_ANATOMY = (
    "abdomen acetabulum adrenal airway amygdala ankle anterior aorta appendix arch arm arteries "
    "artery articular back basal bile biceps bladder body bones brain brainstem breast bronchus "
    "calcaneus capsule cardiac carotid carpal cartilages caudate cavity cerebellum cerebral "
    "cervical chest clavicle coccyx colon condyle core coronary cortical cranial cuboid "
    "cuneiform cyst diaphragm disc discs disk distal duct edema effusion elbow enhancing "
    "esophagus external eye femoral fibular finger fluid foot foramen forearm ganglia gland "
    "globus gluteus grey gray hand head heart hemisphere hepatic hilum hip hippocampus humeral "
    "iliac ilium implant inferior inner internal intestine ischium jaw joint kidney knee labrum "
    "larynx lateral left leg lens lesion lesions ligament ligaments liver lobe lower lumbar lung "
    "lungs mandible marrow mass matter maxilla medial median mediastinum meniscus menisci middle "
    "mitral molar muscle muscles nasal nerve nodule nose nucleus ocular optic orbit outer oral "
    "oval pad palate pancreas parietal part patellar pelvis pericardium peroneal phalanx "
    "pharynx pituitary plate plexus posterior pole process prostate proximal psoas pubis "
    "pulmonary radius region renal retina right ring root sac sacral salivary scar screw septum "
    "shaft shoulder sinus skull spinal spine spleen stem stent subchondral subcutaneous superior "
    "supraspinatus symphysis synovium talus teeth temporal tendon tendons thalamus thigh thoracic "
    "thorax thymus thyroid tibial tissue toe tongue tonsil tooth total trachea tract trochlea "
    "trunk tumor tumour ulna upper ureter urethra uterus valve vascular vein veins vena ventricle "
    "ventricles vertebra vertebrae vessel vessels wall white whole wrist necrosis oedema"
)


def _vocabulary() -> frozenset[str]:
    texts = [_SEQUENCES, _ANATOMY, *CLASSES, *MR_CLASSES, *known_ids()]
    texts += [layer.name for id in known_ids() if (layer := known(id))]
    texts += [group.name for group in groups()]
    texts += anatomical_words()
    return frozenset(w for text in texts for w in _split(text) if not w.isdecimal())


def _split(text: str) -> list[str]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return re.findall(r"[a-z0-9]+", apart.lower())


_KNOWN_WORDS = _vocabulary()
_SHORT_NUMBER = re.compile(r"\d{1,2}", re.ASCII)


def known_words(text: str) -> tuple[str, ...]:
    """The words of the text that say nothing about a person, in lower case and in order.

    A number of one or two digits stays between two words, the first of them known: rib 7, but
    no part of a date.
    """
    words = _split(text)
    kept: list[str] = []
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        is_counted = _SHORT_NUMBER.fullmatch(word) and before in _KNOWN_WORDS
        if word in _KNOWN_WORDS or (is_counted and not after.isdecimal()):
            kept.append(word)
    return tuple(kept)
