"""What proofreads the course with tools that a trainee's machine does not need."""
