"""The decision with its checks taken out one by one."""
