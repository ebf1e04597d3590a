//! The table of figures, each beside its budget.

use std::fmt;

/// What a figure should be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Budget {
    None,
    AtLeast(f64),
    AtMost(f64),
}

impl Budget {
    fn describe(self, figure: f64) -> String {
        let (text, holds) = match self {
            Self::None => return String::new(),
            Self::AtLeast(least) => (format!("at least {least}"), figure >= least),
            Self::AtMost(most) => (format!("at most {most}"), figure <= most),
        };
        format!("{text}: {}", if holds { "within" } else { "OVER" })
    }
}

/// Rows in the order in which they were measured.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<[String; 3]>);

impl Table {
    pub(crate) fn row(&mut self, what: &str, shown: &str, budget: Budget, figure: f64) {
        self.0.push([what.to_owned(), shown.to_owned(), budget.describe(figure)]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = ["what", "figure", "budget"].map(str::to_owned);
        let width = |column: usize| {
            let cells = self
                .0
                .iter()
                .chain([&header])
                .map(|row| row.get(column).map_or(0, |cell| cell.chars().count()));
            cells.max().unwrap_or_default()
        };
        let widths = [width(0), width(1), width(2)];
        let line = |f: &mut fmt::Formatter<'_>, row: &[String; 3]| {
            let [what, shown, budget] = row;
            let [first, second, third] = widths;
            writeln!(f, "| {what:first$} | {shown:second$} | {budget:third$} |")
        };
        line(f, &header)?;
        line(f, &widths.map(|width| "-".repeat(width)))?;
        self.0.iter().try_for_each(|row| line(f, row))
    }
}
