//! The body of a request, which has to be there in time.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

/// Why a body is not whole.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The client took too long.
    #[error("the body did not come in time")]
    TimedOut,
    /// The connection ended, or what came over it was no HTTP.
    #[error(transparent)]
    Incoming(#[from] hyper::Error),
}

impl BodyError {
    /// Whether an error that came of a body is there because the client took too long.
    pub fn is_time_out(error: &(dyn Error + 'static)) -> bool {
        let is_this_one = matches!(error.downcast_ref(), Some(Self::TimedOut));
        is_this_one || error.source().is_some_and(Self::is_time_out)
    }
}

/// A body that ends with [`BodyError::TimedOut`] when it is not whole in time. The time begins when it is asked for and has
/// to be waited for: until then it is not the client that anybody waits for.
#[derive(Debug)]
pub struct RequestBody {
    incoming: Incoming,
    patience: Duration,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl RequestBody {
    pub(crate) fn new(incoming: Incoming, patience: Duration) -> Self {
        Self { incoming, patience, alarm: None }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let body = self.get_mut();
        if let Poll::Ready(frame) = Pin::new(&mut body.incoming).poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(BodyError::from)));
        }
        let alarm = body.alarm.get_or_insert_with(|| Box::pin(sleep(body.patience)));
        ready!(alarm.as_mut().poll(context));
        Poll::Ready(Some(Err(BodyError::TimedOut)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
