"""Google Workspace: org units and ChromeOS devices (Directory API), settings and apps (Chrome Policy API).

Pure: `places`, `policies`, `schemas`, `own_places`, `wishes`, `lower`, `api`. HTTP: `session`, `reading`, `writing`, `adapter`.
"""
