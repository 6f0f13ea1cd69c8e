"""The home screen: the course, the trainee's progress, the machine."""
