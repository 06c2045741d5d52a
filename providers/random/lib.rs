//! provider-random
