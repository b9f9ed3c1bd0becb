"""The product's speed, as ratios against peers and lower bounds: `make bench`.

Nothing here is a timed test: a figure is a ratio of two things that ran side by side on one machine, so that a slow or
busy one changes both. Every figure names its lower bound as a formula, or what it is held against.
"""
