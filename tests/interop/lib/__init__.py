"""What the interop tests and the bench share: nodes under test, phones, SIPp, namespaces, subscribers."""
