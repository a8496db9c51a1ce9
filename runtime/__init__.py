"""Makes a diagram run: compile, train, watch, save. Knows no Qt."""
