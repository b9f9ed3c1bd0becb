"""Requests against Google's own discovery documents."""
