"""The guest half of the root link: see ``__main__``."""
