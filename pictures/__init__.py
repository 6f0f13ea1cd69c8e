"""The pictures of ``docs/``: the app photographed in front of real machines."""
