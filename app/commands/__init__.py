"""What `gradboard COMMAND` can do without a window: one module a command, each with `arguments` and `run`."""
