"""Who we are towards a vendor, and which host may know it. Secrets come from the environment that is passed in.

    hosts.base_url(kind, service, cloud=…, declared=…, sandbox=…)  the address a credential is bound to; refuses others
    hosts.own_url(kind, declared=…, bound=…, variable=…, sandbox=…)   the same for a server that an organisation runs itself
    hosts.sandbox_url(url)                                        a sandbox's address; loopback only
    tokens.TokenSource                                            .token(now, rejected=None), .identity() (masked)
    tokens.bearer(source)                                         what reconciler.http.client calls `authorise`
    purpose.Purpose                                               PLAN, which only reads, or APPLY
    google.google_credential(environment, purpose, sandbox=…)     source, scopes, warnings
    microsoft.microsoft_credential(environment, purpose, tenant=…, cloud=…, sandbox=…)    source, roles(now), warnings
    zentral.zentral_credential(environment, purpose, url=…, sandbox=…)                    source, url, warnings
    problems.CredentialProblem(code, values)                      what is wrong, without anything secret

Nothing here reads os.environ, and with a sandbox nothing is read at all.
"""
