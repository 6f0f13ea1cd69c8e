"""Machines: from a topology to running, snapshotted libvirt domains, and their images."""
