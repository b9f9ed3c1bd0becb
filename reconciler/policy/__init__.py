"""The rules that a municipality agrees on, judged on what its files add up to. Pure: no file, no clock, no network."""
