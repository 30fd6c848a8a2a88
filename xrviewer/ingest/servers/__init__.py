"""Studies from a hospital's archive, by DICOM's own network protocol or by DICOMweb."""
