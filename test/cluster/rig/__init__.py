"""A real Kubernetes control plane, and real Spark on it, as local processes."""
