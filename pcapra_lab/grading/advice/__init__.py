"""Advice from the live state: for each check type, what its facts suggest to who is stuck.

One module a type, loaded when a check of it fails: rewording an advice leaves proofs valid.
"""
