"""Structures as files for printers and other programs: STL, PLY, 3MF. Millimetres, LPS."""
