"""Where input comes from and pixels go: a context, an input source and a presenter each."""
