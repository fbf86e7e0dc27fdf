"""The software inside one street lamp."""

__version__ = "0.1.0"
