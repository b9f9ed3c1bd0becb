"""Google's Directory API and Chrome Policy API. I/O: none; `service.answer` takes a request and a state and returns both."""
