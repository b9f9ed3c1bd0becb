"""The council's catalogue: records of vetting, what they need, who decides which field, duplicates, meetings. Pure."""
