//! What is deleted behind objects that stay. Where an object depends on many others it records only the nearest; the rest is
//! found by way of those.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use config::NEAREST;
use model::Str;

/// The deleted blocks behind blocks that stay; those behind a deleted one are that one's business.
pub(super) struct Behind<'i> {
    deleted: &'i HashSet<Str>,
    staying: HashMap<Str, Vec<&'i [Str]>>,
    found: HashMap<Str, Rc<BTreeSet<&'i Str>>>,
}

impl<'i> Behind<'i> {
    /// Nothing stays yet.
    pub(super) fn new(deleted: &'i HashSet<Str>) -> Behind<'i> {
        Behind { deleted, staying: HashMap::new(), found: HashMap::new() }
    }

    /// Notes what an object of a block records, if the block stays.
    pub(super) fn stays(&mut self, block: Str, recorded: &'i [Str]) {
        if self.deleted.contains(&block) {
            return;
        }
        let lists = self.staying.entry(block).or_default();
        if lists.last().is_none_or(|last| *last != recorded) {
            lists.push(recorded);
        }
    }

    /// The deleted blocks that an object depends on by what is recorded.
    pub(super) fn deleted(&mut self, recorded: &[Str]) -> BTreeSet<&'i Str> {
        let mut found = self.among(recorded);
        if recorded.len() > NEAREST {
            for block in recorded {
                self.look_behind(block);
                found.extend(self.found.get(block).into_iter().flat_map(|behind| behind.iter()));
            }
        }
        found
    }

    fn among(&self, recorded: &[Str]) -> BTreeSet<&'i Str> {
        recorded.iter().filter_map(|block| self.deleted.get(block)).collect()
    }

    /// Finds what is behind a block and behind all that it leads to, each once and the farthest first. Works off a stack:
    /// such chains may be long. Blocks in a circle, as dependencies that were turned round leave them, share what they find.
    fn look_behind(&mut self, block: &Str) {
        let mut stack = Vec::from_iter(self.staying.contains_key(block).then(|| (block.clone(), false)));
        let mut entered = HashSet::new();
        let mut circular = false;
        while let Some((block, is_left)) = stack.pop() {
            if self.found.contains_key(&block) {
                continue;
            }
            if is_left {
                let found = self.gathered(&block);
                self.found.insert(block, found);
                continue;
            }
            if !entered.insert(block.clone()) {
                continue;
            }
            stack.push((block.clone(), true));
            for next in self.next(&block) {
                circular |= entered.contains(next) && !self.found.contains_key(next);
                stack.push((next.clone(), false));
            }
        }
        if circular {
            let all: BTreeSet<&Str> =
                entered.iter().filter_map(|b| self.found.get(b)).flat_map(|f| f.iter().copied()).collect();
            let all = Rc::new(all);
            entered.into_iter().for_each(|block| drop(self.found.insert(block, all.clone())));
        }
    }

    /// The blocks that a block leads to and that stay.
    fn next(&self, block: &Str) -> impl Iterator<Item = &'i Str> + use<'_, 'i> {
        let lists = self.staying.get(block).into_iter().flatten();
        lists.flat_map(|list| list.iter()).filter(|next| self.staying.contains_key(*next))
    }

    /// What a block records, with what is behind that.
    fn gathered(&self, block: &Str) -> Rc<BTreeSet<&'i Str>> {
        let own = self.staying.get(block).into_iter().flatten().flat_map(|list| self.among(list));
        let behind = self.next(block).filter_map(|next| self.found.get(next));
        Rc::new(own.chain(behind.flat_map(|behind| behind.iter().copied())).collect())
    }
}
