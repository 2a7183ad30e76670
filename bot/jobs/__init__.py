"""What runs by the clock: digests and nightly snapshots. Each job may run in any number of replicas."""
