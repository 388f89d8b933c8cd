"""From a question to a checked, cited answer: retrieve, prompt, generate, cite, verify. Imports `index`."""
