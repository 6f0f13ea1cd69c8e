"""Reports: a document, its Markdown and its HTML; a seal that tells whether anybody touched it.

Knows neither labs nor progress: ``session/reporting`` says what stands in a report.
"""
