"""Google's own client and discovery documents against the sandbox."""
