"""From the image of a handwritten migration card to a `CardReading`; knows no database."""

import os

# The builds of ONNX Runtime since 1.29 report each session and a number of this machine to their maker unless told
# otherwise before they are loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
