//! The count of what passed and what failed, and the closing line that says so.

use std::process::ExitCode;

use anyhow::Result;

/// What was checked so far. A chore without tests of its own, such as the formatting, counts as one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: u32,
    failed: u32,
    troubles: Vec<String>,
}

impl Tally {
    /// Counts one check that either holds or says why not.
    pub(crate) fn check(&mut self, name: &str, outcome: Result<()>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(error) => self.fail(format!("{name}: {error:#}")),
        }
    }

    /// Counts the tests of one `cargo test`, whose lines were seen in `counts`.
    pub(crate) fn add(&mut self, counts: Counts, succeeded: bool) {
        self.passed += counts.passed;
        self.failed += counts.failed;
        if counts.failed == 0 && !succeeded {
            self.fail("the tests did not run to their end".to_owned());
        }
        if counts.passed + counts.failed == 0 {
            self.fail("no test was run".to_owned());
        }
        if counts.ignored > 0 {
            self.fail(format!("{} tests ignored; a test either runs or is deleted", counts.ignored));
        }
        self.troubles.extend(counts.failures);
    }

    fn fail(&mut self, trouble: String) {
        eprintln!("\nfailed: {trouble}");
        self.failed += 1;
        self.troubles.push(trouble);
    }

    /// Prints what went wrong, then the closing line.
    pub(crate) fn close(self) -> ExitCode {
        println!();
        for trouble in &self.troubles {
            println!("- {trouble}");
        }
        println!("{} passed, {} failed", self.passed, self.failed);
        if self.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// What the closing lines of `cargo test` add up to, and the names of the tests that failed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    passed: u32,
    failed: u32,
    ignored: u32,
    failures: Vec<String>,
}

impl Counts {
    /// Takes `test a::b ... FAILED` and `test result: ok. 12 passed; 0 failed; 1 ignored; ...` into account, and any
    /// other line not.
    pub(crate) fn see(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            self.failures.push(name.to_owned());
        }
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for count in counts.split("; ") {
            match count.split_once(' ').map(|(number, what)| (number.parse::<u32>(), what)) {
                Some((Ok(number), "passed")) => self.passed += number,
                Some((Ok(number), "failed")) => self.failed += number,
                Some((Ok(number), "ignored")) => self.ignored += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(lines: &[&str]) -> Counts {
        let mut counts = Counts::default();
        for line in lines {
            counts.see(line);
        }
        counts
    }

    #[test]
    fn adds_up_the_closing_lines_and_nothing_else() {
        let seen = counts(&[
            "running 3 tests",
            "test says_9_passed ... ok",
            "test it::fails ... FAILED",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s",
            "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
        ]);
        assert_eq!(seen, Counts { passed: 7, failed: 2, ignored: 1, failures: vec!["it::fails".to_owned()] });
    }

    #[test]
    fn a_run_that_tested_nothing_has_failed() {
        let mut tally = Tally::default();
        tally.add(counts(&["test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured"]), true);
        assert_eq!((tally.passed, tally.failed), (0, 1));
    }

    #[test]
    fn a_run_that_did_not_compile_has_failed() {
        let mut tally = Tally::default();
        tally.add(counts(&["test result: ok. 5 passed; 0 failed; 0 ignored"]), false);
        assert_eq!((tally.passed, tally.failed), (5, 1));
    }

    #[test]
    fn an_ignored_test_is_a_failure() {
        let mut tally = Tally::default();
        tally.add(counts(&["test result: ok. 5 passed; 0 failed; 1 ignored"]), true);
        assert_eq!((tally.passed, tally.failed), (5, 1));
    }

    #[test]
    fn failed_tests_are_counted_once() {
        let mut tally = Tally::default();
        tally.add(counts(&["test result: FAILED. 5 passed; 2 failed; 0 ignored"]), false);
        assert_eq!((tally.passed, tally.failed), (5, 2));
    }
}
