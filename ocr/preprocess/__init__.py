"""From a file to a registered sheet: load, find the paper, identify the form, register, judge the quality."""
