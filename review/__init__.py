"""Where people look at what the machine is not sure of."""
