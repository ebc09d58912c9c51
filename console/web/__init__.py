"""The frame of a web application: routing with permissions, identity, security, errors, language, downloads."""
