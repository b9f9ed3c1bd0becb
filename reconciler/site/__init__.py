"""The static web site: pages as data, their templates, and what the browser needs. Files are written by `reconcile`."""
