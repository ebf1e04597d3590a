//! What is said to operators on this thread: each test has one, and everything that it begins runs there.

use std::cell::RefCell;
use std::io::Write;
use std::sync::Once;
use std::time::Duration;

use tracing::{callsite, subscriber};

thread_local! {
    static TEXT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The log from when it was opened.
pub(crate) struct Log;

impl Log {
    pub(crate) fn open() -> Self {
        static ONCE: Once = Once::new();
        // One subscriber for all threads: while each has its own, what one thread asks first, another may not be told.
        ONCE.call_once(|| {
            let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(|| ThisThread).finish();
            subscriber::set_global_default(subscriber).unwrap();
            callsite::rebuild_interest_cache();
        });
        TEXT.take();
        Self
    }

    /// Waits until `is_asked`, and until what is expected has been said: this, once, or nothing at all.
    pub(crate) async fn has_settled(&self, is_asked: impl Fn() -> bool, said: Option<&str>) {
        for _ in 0..200 {
            if is_asked() && said.is_none_or(|said| text().contains(said)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if said.is_none() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let text = text();
        assert!(is_asked(), "nobody looked: {text}");
        assert_eq!(text.matches("ERROR").count(), usize::from(said.is_some()), "{text}");
        assert!(said.is_none_or(|said| text.contains(said)), "{text}");
    }
}

fn text() -> String {
    TEXT.with_borrow(|text| String::from_utf8(text.clone()).unwrap())
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
