//! States in files of this machine.

/// A state in a file, locked by the operating system.
pub struct LocalBackend {}
