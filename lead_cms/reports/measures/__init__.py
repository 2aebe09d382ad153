"""The reports there are, by name; what each is stands in its own module."""
