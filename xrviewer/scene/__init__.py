"""What is to be seen: snapshot and case in, flat arrays of plain draw data out. No GPU here."""
