"""Google Workspace: org units and ChromeOS devices (Directory API), settings and apps (Chrome Policy API).

Pure: `places`, `policies`, `schemas`, `own_places`, `wishes`, `lower`, `api`, `trouble`.
HTTP: `session`, `reading`, `writing`, `keeping`, `diagnose`, `adapter`, `connect`.
"""
