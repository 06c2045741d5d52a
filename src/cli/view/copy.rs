//! The stream beside what a person reads: `-json-into=FILE`.
//!
//! Lines go through a queue to a thread that writes them, so that a slow reader never holds up what it listens to. A reader
//! that goes away loses the rest and is told of in a warning at the end.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use model::{Diagnostic, SourceMap};

use crate::app::say;
use crate::render::{Screen, diagnostic, stream::Stream};

/// How long a reader may take nothing at all before the rest is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// A stream into a file or pipe.
pub(super) struct Copy {
    path: PathBuf,
    err: Screen,
    stream: Arc<Stream>,
    lines: Sender<Line>,
    written: Receiver<Written>,
}

/// What goes to the thread.
enum Line {
    Bytes(Vec<u8>),
    /// There is no more.
    End,
}

/// What comes back from it.
enum Written {
    /// A line.
    Line,
    /// Everything, or why not.
    All(io::Result<()>),
}

impl Copy {
    /// Opens the file, emptied where it is there, before anything else is done.
    pub(super) fn open(path: &Path, json: bool, err: Screen) -> Result<Copy, Diagnostic> {
        if json {
            return Err(Diagnostic::error(
                "Incompatible options",
                "-json writes the stream to standard output, -json-into writes it to a file beside text for people. Give one \
                 of them.",
            ));
        }
        let file = File::create(path).map_err(|e| {
            let detail = format!("{} (-json-into) cannot be opened: {e}. Nothing was done.", path.display());
            Diagnostic::error("Failed to open the file for JSON", detail)
        })?;
        let ((lines, to_write), (done, written)) = (channel(), channel());
        std::thread::spawn(move || {
            let result = write_all(file, &to_write, &done);
            let _view_gone = done.send(Written::All(result));
        });
        let stream = Arc::new(Stream::new(Queue(lines.clone())));
        Ok(Copy { path: path.to_owned(), err, stream, lines, written })
    }

    /// The stream.
    pub(super) fn stream(&self) -> &Arc<Stream> {
        &self.stream
    }

    /// Waits until everything is written, as long as somebody reads.
    fn finish(&self) -> Result<(), String> {
        let _writer_gone = self.lines.send(Line::End);
        loop {
            match self.written.recv_timeout(PATIENCE) {
                Ok(Written::Line) => {}
                Ok(Written::All(result)) => return result.map_err(|e| e.to_string()),
                Err(RecvTimeoutError::Timeout) => return Err("nobody reads it".into()),
                Err(RecvTimeoutError::Disconnected) => return Err("it was closed".into()),
            }
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let Err(why) = self.finish() else { return };
        let detail = format!(
            "The rest of the JSON stream did not reach {} (-json-into): {why}. Everything else went on as it would have.",
            self.path.display()
        );
        let warning = Diagnostic::warning("The JSON stream is incomplete", detail);
        say(&mut io::stderr(), &diagnostic::human(&warning, &SourceMap::new(), &self.err));
    }
}

fn write_all(mut file: File, lines: &Receiver<Line>, done: &Sender<Written>) -> io::Result<()> {
    while let Ok(Line::Bytes(bytes)) = lines.recv() {
        file.write_all(&bytes)?;
        let _view_gone = done.send(Written::Line);
    }
    Ok(())
}

/// The end of the queue at which lines go in.
struct Queue(Sender<Line>);

impl Write for Queue {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(Line::Bytes(bytes.to_vec())).map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
