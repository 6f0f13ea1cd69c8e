"""The Textual front. Workers post messages; handlers own the widgets."""
