//! Lists in pages: what every provider can give, so without a total.

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it, in the provider's order.
    pub items: Vec<T>,
    /// Where the next page starts; `None` on the last.
    pub next: Option<Cursor>,
}

/// Where a page starts. Opaque: only the adapter that made it can read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(String);

/// How many items a page holds at most: 1 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize(u8);

impl Cursor {
    /// Wraps what an adapter will understand when it comes back; from outside it may be anything.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self::SCREEN
    }
}

impl PageSize {
    /// The size of a page of people on the screen.
    pub const SCREEN: Self = Self(50);

    /// `items`, moved into the range of 1 to 100.
    pub fn at_most(items: u8) -> Self {
        Self(items.clamp(1, 100))
    }

    /// How many items.
    pub fn get(self) -> u8 {
        self.0
    }
}
