"""Commands for development, demo and tests: embedded servers, launcher, benchmarks' helpers."""
