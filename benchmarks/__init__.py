"""Speed and memory of reading, stage by stage, beside the naive way in the same run."""
