//! Totals as a table.

use std::path::Path;

use model::stage::Stage;

use super::Total;

/// The table of all stages that were entered. Work that overlaps counts once within its stage, but in each stage that it
/// overlaps with.
pub(super) fn table(totals: &[Total], total_ns: u64, path: &Path) -> String {
    let mut out = format!("\n{:9} {:>10} {:>6} {:>9}  longest\n", "stage", "seconds", "share", "times");
    for stage in Stage::ALL {
        let total = &totals[stage as usize];
        if total.times > 0 {
            out.push_str(&row(stage.name(), total, total_ns));
        }
    }
    out.push_str(&format!("{:9} {:>10.3}\n", "all", seconds(total_ns)));
    out + &format!("\nThe trace is in {}; chrome://tracing and ui.perfetto.dev open it.\n", path.display())
}

fn row(name: &str, total: &Total, total_ns: u64) -> String {
    let share = 100.0 * total.busy_ns as f64 / total_ns.max(1) as f64;
    format!(
        "{name:9} {:>10.3} {:>5.0}% {:>9}  {:.3} {}\n",
        seconds(total.busy_ns),
        share,
        total.times,
        seconds(total.longest_ns),
        total.longest
    )
}

fn seconds(ns: u64) -> f64 {
    ns as f64 / 1e9
}
