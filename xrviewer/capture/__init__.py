"""Pictures and films that leave the viewer. Each says what it is and what it is not for."""
