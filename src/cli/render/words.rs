//! Lines that people and their scripts look for.

use std::time::Duration;

use model::InstanceAddr;
use plan::ByList;

use super::messages::Counts;
use super::{display_address, time};

/// `Plan: 1 to add, 0 to change, 0 to destroy.`
pub fn plan_line(counts: &Counts) -> String {
    let import = if counts.import > 0 { format!("{} to import, ", counts.import) } else { String::new() };
    format!("Plan: {import}{} to add, {} to change, {} to destroy.", counts.add, counts.change, counts.remove)
}

/// `Apply complete! Resources: 1 added, 0 changed, 0 destroyed.`
pub fn applied_line(counts: &Counts) -> String {
    format!("Apply complete! Resources: {}.", done(counts))
}

/// `1 imported, 0 added, 2 changed, 0 destroyed`
pub fn done(counts: &Counts) -> String {
    let import = if counts.import > 0 { format!("{} imported, ", counts.import) } else { String::new() };
    format!("{import}{} added, {} changed, {} destroyed", counts.add, counts.change, counts.remove)
}

/// What the command `import` says at its end.
pub const IMPORTED: &str = "Import successful!\n\nThe object is in the state now, and managed from here. Run \"stackwright plan\" \
     to see\nwhat differs from its configuration.";

/// `Destroy complete! Resources: 1 destroyed.`
pub fn destroyed_line(counts: &Counts) -> String {
    format!("Destroy complete! Resources: {} destroyed.", counts.remove)
}

/// ` [id=i-123]`, where there is an id.
pub fn id_suffix(id: Option<&str>) -> String {
    id.map_or_else(String::new, |id| format!(" [id={id}]"))
}

/// "data.a.b: Reading..."
pub fn reading_line(address: &InstanceAddr) -> String {
    format!("{}: Reading...", display_address(&address.to_string()))
}

/// "data.a.b: Read complete after 0s [id=x]"
pub fn read_line(address: &InstanceAddr, id: Option<&str>, took: Duration) -> String {
    let name = display_address(&address.to_string());
    format!("{name}: Read complete after {}{}", time::elapsed(took), id_suffix(id))
}

/// `aws_vpc.main: Refreshing state... [id=vpc-1]`, before a plan.
pub fn refreshing_line(address: &InstanceAddr, id: Option<&str>) -> String {
    format!("{}: Refreshing state...{}", display_address(&address.to_string()), id_suffix(id))
}

/// `aws_s3_bucket: Refreshing state of 1,000 objects by list...`, before a plan.
pub fn listing_line(ty: &str, count: usize) -> String {
    format!("{ty}: Refreshing state of {} by list...", counted(count, "object"))
}

/// `1,000 aws_s3_bucket read by 10 list calls, 2 one by one`
pub fn listed_line(list: &ByList) -> String {
    let calls = counted(list.calls, "list call");
    let singly = match list.singly {
        0 => String::new(),
        n => format!(", {} one by one", grouped(n)),
    };
    format!("{} {} read by {calls}{singly}", grouped(list.objects), list.ty)
}

/// `1 object`, `1,000 objects`
fn counted(n: usize, what: &str) -> String {
    format!("{} {what}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// A number with commas between its thousands.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let comma = |at: usize| if at > 0 && (digits.len() - at).is_multiple_of(3) { "," } else { "" };
    digits.char_indices().map(|(at, digit)| format!("{}{digit}", comma(at))).collect()
}

/// `aws_vpc.main: Preparing import... [id=vpc-1]`, before a plan.
pub fn importing_line(address: &InstanceAddr, id: Option<&str>) -> String {
    format!("{}: Preparing import...{}", display_address(&address.to_string()), id_suffix(id))
}
