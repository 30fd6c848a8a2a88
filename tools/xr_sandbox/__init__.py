"""A real OpenXR runtime (Monado) with no headset, no GPU and no screen, to run commands in."""
