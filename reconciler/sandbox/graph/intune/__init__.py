"""Intune as Microsoft Graph shows it: managed devices, apps with assignments, VPP tokens, policies, assignment filters."""
