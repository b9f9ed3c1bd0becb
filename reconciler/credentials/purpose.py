"""What a sign-in is for: the identity that plans can't write."""

from enum import Enum


class Purpose(Enum):
    PLAN = "plan"
    APPLY = "apply"
