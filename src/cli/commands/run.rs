//! What plan, apply, destroy and refresh share: from a directory to a plan, and from a plan to its end.

mod applying;
mod planning;
mod ready;
mod recorded;
mod secrets;

pub use applying::{apply_plan, approve};
pub use planning::{Telling, make_plan, schema_of, show_plan};
pub use ready::{Ready, has_configuration, mode, no_configuration, options, ready, tell_places, timestamp};
pub(super) use recorded::check_identity;
pub use recorded::{Prior, lock, read_state, state_error};
pub use secrets::{check_plan, check_state, holds_secrets, is_secret};
