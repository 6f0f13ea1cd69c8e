"""Images and the package depot: built once from recipes, named by content."""
