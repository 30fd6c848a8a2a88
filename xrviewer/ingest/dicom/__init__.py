"""DICOM: files to series, series to stacks of slices, stacks to volumes in the patient."""
