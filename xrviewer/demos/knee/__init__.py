"""The demo knee: a right knee of nobody, made from formulas, at two dates a year apart."""

from xrviewer.demos.knee.make import make_knee
from xrviewer.demos.knee.truth import Truth, truth

__all__ = ["Truth", "make_knee", "truth"]
