"""What the screens that show the machines over the lesson have in common."""
