"""xrviewer: stand inside a scan. Education, communication and planning; not for diagnosis."""

__version__ = "0.1.0.dev0"
