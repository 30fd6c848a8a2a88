"""Whether a case is good enough to be measured: numbers, a protocol, a page."""
