"""Plans, results, findings and explanations as text, Markdown and JSON. Purely computational: data in, text out.

Nothing here knows a terminal: colours are names of styles, put on by the command line. Untrusted text is escaped where it
leaves, in `page` (terminal) and `view_markdown`.
"""
