"""Cases that xrviewer makes itself, one module a case."""
