"""The composition: one case, one document and one renderer, and what a frame does with them."""
