"""An app with jobs and effects that can be counted, for tests with real processes."""
