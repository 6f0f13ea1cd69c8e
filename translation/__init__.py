"""The catalogues of the interface: what is to be translated, and whether it all is."""
