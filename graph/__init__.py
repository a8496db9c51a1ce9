"""The drawing as a value: blocks, wires, edits, files. Knows neither torch nor Qt."""
