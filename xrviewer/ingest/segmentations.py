"""Every segmentation among the sources to label maps, each checked against the scans."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xrviewer.case.volume import Volume
from xrviewer.ingest.dicom.contours import Drawn, read_contours
from xrviewer.ingest.dicom.header import STRUCTURE_SET, Header
from xrviewer.ingest.dicom.seg import read_seg
from xrviewer.ingest.placing import check_map
from xrviewer.ingest.scans import Headers
from xrviewer.ingest.volumes import read_label_maps


def read_maps(headers: Headers, files: Sequence[Path], volumes: Sequence[Volume]) -> Drawn:
    """Raises InputError for one that cannot be read, or lies nowhere over the scans."""
    found = [(h.path, _of_dicom(h, headers)) for h in headers.segmentations]
    found += [(file, Drawn(read_label_maps(file), ())) for file in files]
    notes = [note for _, drawn in found for note in drawn.notes]
    for file, drawn in found:
        checked = (check_map(file, label_map, volumes) for label_map in drawn.maps)
        notes += dict.fromkeys(note for own in checked for note in own)
    return Drawn(tuple(m for _, drawn in found for m in drawn.maps), tuple(notes))


def _of_dicom(header: Header, headers: Headers) -> Drawn:
    if header.sop_class == STRUCTURE_SET:
        drawn = read_contours(header, headers.images)
    else:
        drawn = Drawn(read_seg(header), ())
    return Drawn(drawn.maps, (*drawn.notes, *_frame_notes(header, headers.images)))


def _frame_notes(header: Header, images: Sequence[Header]) -> tuple[str, ...]:
    scanned = {image.space_uid for image in images if image.space_uid}
    if not header.space_uid or not scanned or header.space_uid in scanned:
        return ()
    return ("a segmentation states another frame of reference than the scan: check that it fits",)
