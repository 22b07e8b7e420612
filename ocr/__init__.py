"""From the image of a handwritten migration card to a `CardReading`; knows no database."""
