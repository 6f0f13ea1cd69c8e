"""The trainer's bundle: products that Debian does not carry, brought once, verified, attached."""
