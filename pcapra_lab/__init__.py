"""A terminal training lab for business continuity and disaster recovery on real VMs."""

__version__ = "0.1.0"
