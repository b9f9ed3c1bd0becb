"""Requests against Microsoft Graph's own description of v1.0, and what is known of beta."""
