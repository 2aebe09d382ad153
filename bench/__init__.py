"""How fast pages are, as ratios to a floor measured in the same run: `make bench`. Not part of the tests."""
