"""What is on the panels: the same widgets on the board in the room and at the edge of a window."""
