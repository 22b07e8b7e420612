"""The network as it is fitted: at first by `training`, and further by an office on what its own people decided."""
