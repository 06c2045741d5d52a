//! Both sides asked about many expressions at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::side::{Answer, Remark, Side, batch, changes, given, refuses};
use crate::binary::BINARY;

/// Stackwright and Terraform side by side.
pub struct Judge {
    ours: Side,
    theirs: Side,
}

/// The answers of both sides, ours first.
pub type Answers = (Answer, Answer);

impl Judge {
    /// Both sides, each in a directory below `dir`.
    pub fn new(dir: &Path) -> Judge {
        Judge {
            ours: Side::new(&std::env::var("BINARY").unwrap_or(BINARY.into()), &dir.join("ours")),
            theirs: Side::new("terraform", &dir.join("theirs")),
        }
    }

    /// Our list of functions.
    pub fn functions(&self) -> serde_json::Value {
        self.ours.functions()
    }

    /// Asks both about each expression. What either refuses is found first and taken out, so that the rest can be planned.
    pub fn ask(&self, expressions: &[String]) -> Vec<Answers> {
        let mut open: Vec<(usize, String)> = expressions.iter().cloned().enumerate().collect();
        let mut answers: BTreeMap<usize, Answers> = BTreeMap::new();
        self.validate(&mut open, &mut answers);
        self.plan(open, &mut answers);
        answers.into_values().collect()
    }

    fn validate(&self, open: &mut Vec<(usize, String)>, answers: &mut BTreeMap<usize, Answers>) {
        loop {
            let batch = batch(open);
            self.ours.write(&batch);
            self.theirs.write(&batch);
            let found = (self.ours.validate(&batch), self.theirs.validate(&batch));
            if !settle(open, &found.0, &found.1, answers) {
                return;
            }
        }
    }

    fn plan(&self, mut open: Vec<(usize, String)>, answers: &mut BTreeMap<usize, Answers>) {
        while !open.is_empty() {
            let batch = batch(&open);
            self.ours.write(&batch);
            self.theirs.write(&batch);
            let (ours, theirs) = (self.ours.plan(&batch), self.theirs.plan(&batch));
            if settle(&mut open, &ours.0, &theirs.0, answers) {
                continue;
            }
            let (Some(our_plan), Some(their_plan)) = (&ours.1, &theirs.1) else {
                return self.halves(open, (ours.1.is_some(), theirs.1.is_some()), answers);
            };
            let (our_changes, their_changes) = (changes(our_plan), changes(their_plan));
            for (number, _) in &open {
                let remarks =
                    |of: &BTreeMap<usize, BTreeSet<Remark>>| of.get(number).cloned().unwrap_or_default();
                let left = given(our_plan, *number, remarks(&ours.0), &our_changes);
                let right = given(their_plan, *number, remarks(&theirs.0), &their_changes);
                answers.insert(*number, (left, right));
            }
            return;
        }
    }

    /// A side failed on the whole: the expression that is to blame is looked for.
    fn halves(
        &self,
        mut open: Vec<(usize, String)>,
        fine: (bool, bool),
        answers: &mut BTreeMap<usize, Answers>,
    ) {
        if let [(number, _)] = open.as_slice() {
            let answer = |fine: bool| match fine {
                true => Answer::Refused(BTreeSet::new()),
                false => Answer::Broken("no plan, and nothing said about it".into()),
            };
            answers.insert(*number, (answer(fine.0), answer(fine.1)));
            return;
        }
        let rest = open.split_off(open.len() / 2);
        self.plan(open, answers);
        self.plan(rest, answers);
    }
}

/// Takes what either side refuses out of what is open; whether there was anything.
fn settle(
    open: &mut Vec<(usize, String)>,
    ours: &BTreeMap<usize, BTreeSet<Remark>>,
    theirs: &BTreeMap<usize, BTreeSet<Remark>>,
    answers: &mut BTreeMap<usize, Answers>,
) -> bool {
    let before = open.len();
    open.retain(|(number, _)| {
        let remarks = |of: &BTreeMap<usize, BTreeSet<Remark>>| of.get(number).cloned().unwrap_or_default();
        let (left, right) = (remarks(ours), remarks(theirs));
        if !refuses(&left) && !refuses(&right) {
            return true;
        }
        answers.insert(*number, (Answer::Refused(left), Answer::Refused(right)));
        false
    });
    open.len() < before
}
