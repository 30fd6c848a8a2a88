"""Sources to a case: DICOM, volumes, segmentations and meshes; who the person is stays outside."""
