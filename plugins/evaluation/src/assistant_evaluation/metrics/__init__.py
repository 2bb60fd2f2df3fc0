"""The published metrics as pure functions over plain values. Not for asking or for printing."""
