//! Puts mutants into a copy of the sources, each asleep until the environment names it.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::MUTANT;
use super::mutants::{Mutant, Without};

/// A place in a file, and the mutants that are there.
type Places<'a> = BTreeMap<(&'static str, &'static str), Vec<&'a Mutant>>;

/// Plants all of these.
pub(super) fn all(tree: &Path, mutants: &[&Mutant]) -> Result<()> {
    let mut places: Places<'_> = BTreeMap::new();
    for mutant in mutants {
        places.entry((mutant.file, mutant.guard)).or_default().push(mutant);
    }
    let mut edits: BTreeMap<&str, Vec<(Range<usize>, String)>> = BTreeMap::new();
    for ((file, guard), here) in places {
        let source =
            fs::read_to_string(tree.join(file)).with_context(|| format!("{file} is gone: {guard}"))?;
        let edit = edit(&source, guard, &here).with_context(|| format!("{guard}, in {file}"))?;
        edits.entry(file).or_default().push(edit);
    }
    for (file, mut edits) in edits {
        let path = tree.join(file);
        let mut source = fs::read_to_string(&path)?;
        // From the end on, so that the places before stay where they are.
        edits.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
        let overlap = edits
            .windows(2)
            .any(|pair| matches!(pair, [(later, _), (before, _)] if before.end > later.start));
        ensure!(!overlap, "two guards in {file} overlap: mark both alike");
        for (place, text) in edits {
            source.replace_range(place, &text);
        }
        fs::write(&path, source)?;
    }
    Ok(())
}

/// Which part of the source gives way to what.
fn edit(source: &str, guard: &str, mutants: &[&Mutant]) -> Result<(Range<usize>, String)> {
    let (before, rest) = guard.split_once('‹').context("the guard is not marked")?;
    let (marked, after) = rest.split_once('›').context("the guard is not marked")?;
    let whole = [before, marked, after].concat();
    let found = source.matches(&whole).count();
    ensure!(found == 1, "it is there {found} times");
    let start = source.find(&whole).unwrap_or_default() + before.len();
    let guard = start..start + marked.len();
    let place = if matches!(mutants, [Mutant { without: Without::Filter, .. }, ..]) {
        around(source, &guard).context("it is in no literal")?
    } else {
        guard.clone()
    };
    let kept = source.get(place.clone()).unwrap_or_default();
    let mut text = String::from("(");
    for mutant in mutants {
        let without = match mutant.without {
            Without::This(expression) => expression.to_owned(),
            Without::Filter => kept.replacen(marked, "? IS NOT NULL", 1),
        };
        let awake = format!("std::env::var_os({MUTANT:?}).is_some_and(|name| name == {:?})", mutant.name);
        text.push_str(&format!("if {awake} {{ {without} }} else "));
    }
    text.push_str(&format!("{{ {kept} }})"));
    Ok((place, text))
}

/// The literal that this is a part of, with the `format!` around it.
fn around(source: &str, part: &Range<usize>) -> Option<Range<usize>> {
    let start = source.get(..part.start)?.rfind('"')?;
    let end = part.end + source.get(part.end..)?.find('"')? + 1;
    let before = source.get(..start)?.trim_end();
    match before.strip_suffix("format!(") {
        Some(outside) => Some(outside.len()..end + source.get(end..)?.find(')')? + 1),
        None => Some(start..end),
    }
}

#[cfg(test)]
mod tests {
    use super::super::mutants::MUTANTS;
    use super::*;
    use crate::shell;

    #[test]
    fn every_guard_is_in_its_place() {
        let place = |mutant: &Mutant| {
            let source = fs::read_to_string(shell::root().join(mutant.file)).unwrap_or_default();
            edit(&source, mutant.guard, &[mutant]).err().map(|why| format!("{}: {why}", mutant.name))
        };
        let astray: Vec<_> = MUTANTS.iter().filter_map(place).collect();
        assert!(astray.is_empty(), "{}", astray.join("\n"));
    }
}
