"""Files to case values and back: manifest, glTF, NIfTI, loose meshes; checks; atomic writes."""
