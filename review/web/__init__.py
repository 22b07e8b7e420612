"""The review workplace in a browser. Knows no pixels: pictures come from whoever starts it (`Pictures`)."""
