"""What was approved is what is applied: records, approvals, and the decision which changes they cover. Pure and forge-neutral."""
