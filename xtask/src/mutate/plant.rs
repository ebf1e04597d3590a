//! Puts mutants into a copy of the sources, each asleep until the environment names it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::MUTANT;
use super::mutants::{Mutant, Without};

/// What stands in the place of a part of a file when a mutant is awake.
struct Change {
    name: &'static str,
    place: Range<usize>,
    without: String,
}

/// Plants all of these.
pub(super) fn all(tree: &Path, mutants: &[&Mutant]) -> Result<()> {
    let mut by_file: BTreeMap<&str, Vec<&Mutant>> = BTreeMap::new();
    for mutant in mutants {
        by_file.entry(mutant.file).or_default().push(mutant);
    }
    for (file, mutants) in by_file {
        let path = tree.join(file);
        let source = fs::read_to_string(&path).with_context(|| format!("{file} is gone"))?;
        let changes = mutants.iter().map(|mutant| change(&source, mutant)).collect::<Result<Vec<_>>>()?;
        fs::write(&path, planted(&source, changes).with_context(|| file.to_owned())?)?;
    }
    Ok(())
}

fn change(source: &str, mutant: &Mutant) -> Result<Change> {
    let guard = mutant.guard;
    let parts = guard.split_once('‹').and_then(|(before, rest)| Some((before, rest.split_once('›')?)));
    let (before, (marked, after)) = parts.with_context(|| format!("{guard}: it is not marked"))?;
    let whole = [before, marked, after].concat();
    let found = source.matches(&whole).count();
    ensure!(found == 1, "{guard}: it is there {found} times in {}", mutant.file);
    let start = source.find(&whole).unwrap_or_default() + before.len();
    let part = start..start + marked.len();
    let (place, without) = match mutant.without {
        Without::This(expression) => (part, expression.to_owned()),
        Without::Filter => {
            let place = around(source, &part).with_context(|| format!("{guard}: it is in no literal"))?;
            let [head, tail] = [place.start..part.start, part.end..place.end]
                .map(|range| source.get(range).unwrap_or_default());
            let parameter = marked.split_whitespace().find(|word| word.starts_with('$'));
            let parameter = parameter.with_context(|| format!("{guard}: it has no parameter"))?;
            let without = format!("{head}{parameter} IS NOT NULL{tail}");
            (place, without)
        }
    };
    Ok(Change { name: mutant.name, place, without })
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

/// The source with all of these, which asks the environment at each place.
fn planted(source: &str, mut changes: Vec<Change>) -> Result<String> {
    changes.sort_by_key(|change| change.place.start);
    let (mut text, mut end) = (String::new(), 0);
    for here in changes.chunk_by(|one, other| one.place == other.place) {
        let Some(place) = here.first().map(|change| change.place.clone()) else { continue };
        ensure!(place.start >= end, "two guards overlap: mark both alike");
        text += source.get(end..place.start).unwrap_or_default();
        text += "(";
        for Change { name, without, .. } in here {
            write!(
                text,
                "if std::env::var_os({MUTANT:?}).is_some_and(|name| name == {name:?}) {{ {without} }} else "
            )?;
        }
        write!(text, "{{ {} }})", source.get(place.clone()).unwrap_or_default())?;
        end = place.end;
    }
    text += source.get(end..).unwrap_or_default();
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::super::mutants;
    use super::*;
    use crate::shell;

    #[test]
    fn every_guard_is_in_its_place() {
        let astray = |mutant: &Mutant| {
            let source = fs::read_to_string(shell::root().join(mutant.file)).unwrap_or_default();
            change(&source, mutant).err().map(|why| format!("{}: {why}", mutant.name))
        };
        let astray: Vec<_> = mutants::all().filter_map(astray).collect();
        assert!(astray.is_empty(), "{}", astray.join("\n"));
    }

    #[test]
    fn two_in_one_literal_are_one_choice() {
        let source = "query(\"WHERE a = $1 AND b = $2\")";
        let changes = ["‹a = $1› AND", "AND ‹b = $2›"].map(|guard| Mutant {
            guard,
            without: Without::Filter,
            ..*mutants::all().next().unwrap()
        });
        let changes = changes.iter().map(|mutant| change(source, mutant).unwrap()).collect();
        let text = planted(source, changes).unwrap();
        assert!(
            text.contains("\"WHERE $1 IS NOT NULL AND b = $2\"") && text.contains("AND $2 IS NOT NULL\"")
        );
        assert!(text.ends_with("else { \"WHERE a = $1 AND b = $2\" }))"), "{text}");
    }
}
