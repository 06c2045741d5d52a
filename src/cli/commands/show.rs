//! `show`, as far as it shows states; saved plans are shown by their own code.

use state::StateSnapshot;

use super::Terminal;
use crate::render::state::{Shown, human};
use crate::render::state_json::state_json;

/// Shows a state: as a document, or for people.
pub fn state(json: bool, snapshot: Option<&StateSnapshot>, shown: &Shown, terminal: &mut Terminal) -> u8 {
    let text = if json {
        format!("{}\n", state_json(snapshot, state::format::TERRAFORM_VERSION, shown.decode))
    } else {
        human(snapshot, shown, &terminal.screen)
    };
    terminal.say(&text);
    0
}
