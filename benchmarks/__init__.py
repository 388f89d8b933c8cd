"""Speed and quality, each a command: `python -m benchmarks.NAME --help`. RESULTS.md says what they found."""
