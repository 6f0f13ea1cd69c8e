"""What runs inside the machines, fed to their shell by standard input."""
