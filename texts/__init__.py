"""What the program says to people, in Russian, Tajik and English; it knows nothing of cards, stores or pages.

`say` is the one way to ask for a text. The texts lie in ``data/*.toml``, a file for each room of the house; numbers and
dates are written by `texts.formats`.
"""

from texts.languages import LANGUAGES, Label, Language
from texts.messages import refusal_message, rule_message, say, say_all, section, why_message

__all__ = [
    "LANGUAGES",
    "Label",
    "Language",
    "refusal_message",
    "rule_message",
    "say",
    "say_all",
    "section",
    "why_message",
]
