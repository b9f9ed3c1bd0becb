"""The whole run, put together: files, adapters, plan, apply. An edge: it opens connections and asks no questions.

Every decision is made by the pure packages that it calls.
"""
