"""Continuity measured: the timeline, RTO and RPO against declared targets."""
