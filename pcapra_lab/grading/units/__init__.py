"""The check types, one module each: what to ask a machine, and how to judge its facts."""
