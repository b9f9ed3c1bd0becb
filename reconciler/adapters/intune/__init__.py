"""Microsoft Intune and Entra groups through Microsoft Graph.

Beta is used only where v1.0 lacks a thing; each such request in `api` says which.
"""
