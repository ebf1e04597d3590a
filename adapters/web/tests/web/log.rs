//! What the service writes down while a test runs.

use std::cell::RefCell;
use std::io::Write;
use std::sync::Once;

use tracing::{callsite, subscriber};

thread_local! {
    static TEXT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The lines of this thread, from when it was opened: each test has a thread, and its requests run on it.
pub(crate) struct Log;

impl Log {
    pub(crate) fn open() -> Self {
        static ONCE: Once = Once::new();
        // One subscriber for all threads: while each has its own, what one thread asks first, another may not be told.
        ONCE.call_once(|| {
            let subscriber = tracing_subscriber::fmt().json().with_writer(|| ThisThread).finish();
            subscriber::set_global_default(subscriber).unwrap();
            callsite::rebuild_interest_cache();
        });
        TEXT.take();
        Self
    }

    #[expect(clippy::unused_self, reason = "without a log that was opened there are no lines")]
    pub(crate) fn lines(&self) -> Vec<serde_json::Value> {
        let text = TEXT.with_borrow(|text| String::from_utf8(text.clone()).unwrap());
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

struct ThisThread;

impl Write for ThisThread {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        TEXT.with_borrow_mut(|text| text.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
