"""What the trainee has done, kept in SQLite."""
