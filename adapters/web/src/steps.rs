//! The steps of what takes several pages, as each of those pages shows them.

/// One of the steps.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) is_done: bool,
    pub(crate) is_here: bool,
}

impl Step {
    /// Steps that are taken one after the other, on the page of the one that is `now`, counted from 1.
    pub(crate) fn in_turn(names: &[&'static str], now: usize) -> Vec<Self> {
        let step = |(number, name): (usize, &&'static str)| Self {
            name,
            is_done: number < now,
            is_here: number == now,
        };
        (1..).zip(names).map(step).collect()
    }
}
