"""Numbers from a case: thickness, regions. Arrays in, arrays and tables out; no files, no GPU."""
