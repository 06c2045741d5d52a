//! Ephemeral resources as they are opened and closed, for people and for tools.

use std::time::Duration;

use model::InstanceAddr;
use plan::Turn;
use serde_json::json;

use super::messages::{Message, resource};
use super::{display_address, time};

/// What is said of it; nothing where a diagnostic says more.
pub fn line(address: &InstanceAddr, turn: Turn) -> Option<String> {
    let said = match turn {
        Turn::Opening => "Opening...".to_owned(),
        Turn::Opened(took) => format!("Opening complete after {}", time::elapsed(took)),
        Turn::Renewing => "Renewing...".to_owned(),
        Turn::Renewed(took) => format!("Renewal complete after {}", time::elapsed(took)),
        Turn::Closing => "Closing...".to_owned(),
        Turn::Closed(took) => format!("Closing complete after {}", time::elapsed(took)),
        Turn::NotOpened(_) | Turn::NotRenewed(_) | Turn::NotClosed(_) => return None,
    };
    Some(format!("{}: {said}", display_address(&address.to_string())))
}

/// The same as a message of the stream.
pub fn message(address: &InstanceAddr, turn: Turn) -> Message {
    let (ty, action, took) = match turn {
        Turn::Opening => ("ephemeral_op_start", "open", None),
        Turn::Opened(took) => ("ephemeral_op_complete", "open", Some(took)),
        Turn::NotOpened(took) => ("ephemeral_op_errored", "open", Some(took)),
        Turn::Renewing => ("ephemeral_op_start", "renew", None),
        Turn::Renewed(took) => ("ephemeral_op_complete", "renew", Some(took)),
        Turn::NotRenewed(took) => ("ephemeral_op_errored", "renew", Some(took)),
        Turn::Closing => ("ephemeral_op_start", "close", None),
        Turn::Closed(took) => ("ephemeral_op_complete", "close", Some(took)),
        Turn::NotClosed(took) => ("ephemeral_op_errored", "close", Some(took)),
    };
    let mut hook = json!({"resource": resource(address), "action": action});
    if let Some(took) = took {
        hook["elapsed_seconds"] = time::rounded_seconds(took).into();
    }
    Message::new(ty, text(address, turn, took), json!({"hook": hook}))
}

fn text(address: &InstanceAddr, turn: Turn, took: Option<Duration>) -> String {
    let noun = match turn {
        Turn::Opening | Turn::Opened(_) | Turn::NotOpened(_) => "Opening",
        Turn::Renewing => "Renewing",
        Turn::Renewed(_) | Turn::NotRenewed(_) => "Renewal",
        Turn::Closing | Turn::Closed(_) | Turn::NotClosed(_) => "Closing",
    };
    let how = match turn {
        Turn::NotOpened(_) | Turn::NotRenewed(_) | Turn::NotClosed(_) => "errored",
        _ => "complete",
    };
    match took {
        None => format!("{address}: {noun}..."),
        Some(took) => format!("{address}: {noun} {how} after {}", time::elapsed(took)),
    }
}
