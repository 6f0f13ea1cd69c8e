"""How real a lesson is. Apart: the home screen names it before anything of the course is loaded."""

from enum import StrEnum


class Level(StrEnum):
    """How real a lesson is. The trainee sees it on the lesson."""

    REEL = "reel"
    REEL_BUNDLE = "reel-bundle"
    EQUIVALENT = "equivalent"
    SIMULATEUR = "simulateur"
    STATIQUE = "statique"
