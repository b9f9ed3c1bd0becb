"""Microsoft's own models and client (msgraph-sdk, msgraph-beta-sdk) as judges of our requests and of the sandbox."""
