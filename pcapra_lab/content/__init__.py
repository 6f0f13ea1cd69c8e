"""The course as data: models, strict loading, lessons, and the linter. Pure, no I/O but files."""
