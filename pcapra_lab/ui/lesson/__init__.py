"""The lesson screen: text on the left, live shells on the right, checks below."""
