//! A cloud in a file, which all programs of a machine share.
//!
//! The file holds a line of JSON for each change: an object as it is from then on, or the id of one that is gone. A line is
//! written in one piece under a lock, so that a program that is killed leaves a whole file; what is torn all the same is
//! dropped. When most of it is history, it is written anew.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::item::Item;
use crate::request::{Refusal, Reply, Request};

/// So many lines are always kept before the file is written anew.
const MANY_LINES: usize = 1_000;

/// A cloud in a file.
pub struct OnDisk {
    path: PathBuf,
    log: Option<PathBuf>,
    clock: Clock,
    copy: Mutex<Copy>,
}

/// What this program has read of the file.
struct Copy {
    cloud: Cloud,
    /// The first line of the file that was read.
    generation: String,
    /// How far it was read.
    read_to: u64,
    lines: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Generation(u64),
    Item(Item),
    Gone(String),
}

#[derive(Serialize)]
struct Logged<'l> {
    at_ms: u64,
    request: &'l Request,
    answer: &'l Result<Reply, Refusal>,
}

impl OnDisk {
    /// A cloud in a file, which need not exist yet; requests are added to another file, if one is given.
    pub fn new(path: PathBuf, log: Option<PathBuf>, cloud: Cloud, clock: Clock) -> OnDisk {
        let copy = Copy { cloud, generation: String::new(), read_to: 0, lines: 0 };
        OnDisk { path, log, clock, copy: Mutex::new(copy) }
    }

    fn answer(&self, request: &Request) -> io::Result<Result<Reply, Refusal>> {
        let mut copy = self.copy.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = File::options().create(true).append(true).open(beside(&self.path, ".lock"))?;
        lock.lock()?;
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&self.path)?;
        copy.catch_up(&mut file)?;
        let now_ms = self.clock.now_ms();
        let answer = copy.cloud.answer(request, now_ms);
        copy.write_changes(&mut file)?;
        if copy.lines > MANY_LINES + 2 * copy.cloud.existing(now_ms).len() {
            copy.write_anew(&self.path)?;
        }
        if let Some(log) = &self.log {
            let mut text = serde_json::to_vec(&Logged { at_ms: now_ms, request, answer: &answer })?;
            text.push(b'\n');
            File::options().create(true).append(true).open(log)?.write_all(&text)?;
        }
        Ok(answer)
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

impl Copy {
    /// Reads what others wrote since.
    fn catch_up(&mut self, file: &mut File) -> io::Result<()> {
        let length = file.metadata()?.len();
        if length == 0 {
            return self.begin(file, 1);
        }
        let mut generation = String::new();
        file.seek(SeekFrom::Start(0))?;
        BufReader::new(&mut *file).read_line(&mut generation)?;
        if generation != self.generation {
            self.forget();
            self.read_to = generation.len() as u64;
            self.generation = generation;
        }
        if length > self.read_to {
            self.read_rest(file)?;
        }
        Ok(())
    }

    fn begin(&mut self, file: &mut File, generation: u64) -> io::Result<()> {
        self.forget();
        let text = line(&Line::Generation(generation))?;
        file.write_all(text.as_bytes())?;
        (self.read_to, self.generation) = (text.len() as u64, text);
        Ok(())
    }

    /// Somebody wrote the file anew: what was known of it no longer counts.
    fn forget(&mut self) {
        let known: Vec<String> = self.cloud.everything().map(|item| item.id.clone()).collect();
        known.iter().for_each(|id| self.cloud.adopt(id, None));
        self.lines = 0;
    }

    fn read_rest(&mut self, file: &mut File) -> io::Result<()> {
        let mut text = String::new();
        file.seek(SeekFrom::Start(self.read_to))?;
        file.read_to_string(&mut text)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        for line in text[..whole].lines() {
            match serde_json::from_str(line)? {
                Line::Item(item) => self.cloud.adopt(&item.id.clone(), Some(item)),
                Line::Gone(id) => self.cloud.adopt(&id, None),
                Line::Generation(_) => {}
            }
            self.lines += 1;
        }
        self.read_to += whole as u64;
        if whole < text.len() {
            file.set_len(self.read_to)?;
        }
        Ok(())
    }

    fn write_changes(&mut self, file: &mut File) -> io::Result<()> {
        let mut text = String::new();
        for (id, item) in self.cloud.take_changes() {
            text.push_str(&line(&item.map_or(Line::Gone(id), Line::Item))?);
            self.lines += 1;
        }
        if !text.is_empty() {
            file.write_all(text.as_bytes())?;
            self.read_to += text.len() as u64;
        }
        Ok(())
    }

    fn write_anew(&mut self, path: &Path) -> io::Result<()> {
        let number = match serde_json::from_str(&self.generation)? {
            Line::Generation(n) => n + 1,
            Line::Item(_) | Line::Gone(_) => 1,
        };
        let mut text = line(&Line::Generation(number))?;
        self.generation.clone_from(&text);
        self.lines = 0;
        for item in self.cloud.everything() {
            text.push_str(&line(&Line::Item(item.clone()))?);
            self.lines += 1;
        }
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut new = tempfile::NamedTempFile::new_in(dir)?;
        new.write_all(text.as_bytes())?;
        new.persist(path)?;
        self.read_to = text.len() as u64;
        Ok(())
    }
}

fn line(line: &Line) -> io::Result<String> {
    Ok(serde_json::to_string(line)? + "\n")
}

#[async_trait]
impl Api for OnDisk {
    async fn call(&self, request: Request) -> Result<Reply, Refusal> {
        let (there, back) = {
            let mut copy = self.copy.lock().unwrap_or_else(PoisonError::into_inner);
            (copy.cloud.latency(), copy.cloud.latency())
        };
        pass(there).await;
        let answer = self.answer(&request).unwrap_or_else(|e| {
            Err(Refusal::Invalid(format!("the inventory {} cannot be used: {e}", self.path.display())))
        });
        pass(back).await;
        answer
    }
}

async fn pass(ms: u64) {
    if ms > 0 {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}
