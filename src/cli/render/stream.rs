//! Writes the `-json` stream: one JSON object a line.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value as Json};

use super::messages::Message;

/// The stream, over any writer, with the time from any clock.
pub struct Stream {
    out: Mutex<Box<dyn Write + Send>>,
    clock: fn() -> String,
}

impl Stream {
    /// A stream to a writer, with the system's clock.
    pub fn new(out: impl Write + Send + 'static) -> Stream {
        Stream::with_clock(out, super::time::now)
    }

    /// A stream whose times come from elsewhere.
    pub fn with_clock(out: impl Write + Send + 'static, clock: fn() -> String) -> Stream {
        Stream { out: Mutex::new(Box::new(out)), clock }
    }

    /// Writes one message. A reader that has gone away is no reason to stop working.
    pub fn say(&self, message: &Message) {
        let mut line = line(message, (self.clock)());
        line.push('\n');
        self.write(&line);
    }

    /// Writes a document instead of messages.
    pub fn write(&self, text: &str) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let _reader_gone = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// Writes several messages in order.
    pub fn say_all<'m>(&self, messages: impl IntoIterator<Item = &'m Message>) {
        messages.into_iter().for_each(|m| self.say(m));
    }
}

fn line(message: &Message, timestamp: String) -> String {
    let mut out = Map::new();
    out.insert("@level".into(), message.level.into());
    out.insert("@message".into(), message.text.as_str().into());
    out.insert("@module".into(), "stackwright.ui".into());
    out.insert("@timestamp".into(), timestamp.into());
    out.extend(message.payload.clone());
    out.insert("type".into(), message.ty.into());
    Json::Object(out).to_string()
}

#[cfg(test)]
mod tests;
