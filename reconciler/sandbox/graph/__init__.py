"""Microsoft Graph as municipalities' tenants answer it: sign-in, protocol, directory; `intune` holds the device management."""
