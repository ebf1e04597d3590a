//! One table of the state: rows by key, an index by a second key, and what it takes to undo a transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::secrets::shown_by;

/// Something that a [`Table`] keeps.
pub(crate) trait Row: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The table's name on disk; changing it loses what was stored.
    const TABLE: &'static str;

    /// Identifies the row.
    fn key(&self) -> String;

    /// What rows are also looked up by; several may share it.
    fn alternate_key(&self) -> Option<String> {
        None
    }

    /// All that a row is looked up by, when that is more than one thing.
    fn alternate_keys(&self) -> Vec<String> {
        self.alternate_key().into_iter().collect()
    }
}

/// A row that a transaction changed: its new value as JSON, or `None` when it was removed.
pub(crate) struct Change {
    pub(crate) table: &'static str,
    pub(crate) key: String,
    pub(crate) row: Option<Vec<u8>>,
}

shown_by!(Change: table);

/// Rows in the order of their keys.
#[derive(Clone)]
pub(crate) struct Table<T> {
    rows: BTreeMap<String, Arc<T>>,
    by_alternate_key: BTreeMap<String, BTreeSet<String>>,
    before: Vec<(String, Option<Arc<T>>)>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), by_alternate_key: BTreeMap::new(), before: Vec::new() }
    }
}

impl<T: Row> Table<T> {
    pub(crate) fn get(&self, key: &str) -> Option<&T> {
        self.rows.get(key).map(Arc::as_ref)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values().map(Arc::as_ref)
    }

    /// The rows whose key starts with `prefix`, beginning behind `after` when it is given.
    pub(crate) fn with_prefix<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&str>,
    ) -> impl Iterator<Item = &'a T> + use<'a, T> {
        let start = after.map_or(Bound::Included(prefix), Bound::Excluded);
        self.rows
            .range::<str, _>((start, Bound::Unbounded))
            .take_while(move |(key, _)| key.starts_with(prefix))
            .map(|(_, row)| row.as_ref())
    }

    /// The rows with this alternate key, in the order of their keys.
    pub(crate) fn by_alternate_key<'a>(
        &'a self,
        alternate: &str,
    ) -> impl Iterator<Item = &'a T> + use<'a, T> {
        self.by_alternate_key.get(alternate).into_iter().flatten().filter_map(|key| self.get(key))
    }

    /// Adds a row, or replaces the one with the same key.
    pub(crate) fn put(&mut self, row: T) {
        let key = row.key();
        let before = self.set(&key, Some(Arc::new(row)));
        self.before.push((key, before));
    }

    /// Removes a row; `false` when there was none.
    pub(crate) fn remove(&mut self, key: &str) -> bool {
        let before = self.set(key, None);
        let was_there = before.is_some();
        if was_there {
            self.before.push((key.to_owned(), before));
        }
        was_there
    }

    /// Removes every row that `condition` holds for.
    pub(crate) fn remove_where(&mut self, condition: impl Fn(&T) -> bool) {
        let keys: Vec<String> =
            self.rows.iter().filter(|(_, row)| condition(row)).map(|(key, _)| key.clone()).collect();
        for key in keys {
            self.remove(&key);
        }
    }

    /// Whether both hold the very same rows: a row that was written again is another one.
    #[cfg(test)]
    pub(super) fn is(&self, other: &Self) -> bool {
        self.rows.len() == other.rows.len()
            && self.rows.iter().zip(&other.rows).all(|(a, b)| a.0 == b.0 && Arc::ptr_eq(a.1, b.1))
    }

    /// Takes on the rows of `other`, and gives up those that it does not have.
    pub(super) fn become_like(&mut self, other: &Self) {
        let gone: Vec<String> =
            self.rows.keys().filter(|key| !other.rows.contains_key(*key)).cloned().collect();
        for key in gone {
            self.remove(&key);
        }
        for (key, row) in &other.rows {
            if !self.rows.get(key).is_some_and(|mine| Arc::ptr_eq(mine, row)) {
                let before = self.set(key, Some(Arc::clone(row)));
                self.before.push((key.clone(), before));
            }
        }
    }

    /// Puts everything back as it was before the transaction.
    pub(super) fn roll_back(&mut self) {
        while let Some((key, before)) = self.before.pop() {
            self.set(&key, before);
        }
    }

    pub(super) fn has_changed(&self) -> bool {
        !self.before.is_empty()
    }

    /// What the transaction has changed so far.
    pub(super) fn changes(&self, into: &mut Vec<Change>) -> Result<(), serde_json::Error> {
        let keys: BTreeSet<&String> = self.before.iter().map(|(key, _)| key).collect();
        for key in keys {
            let row = self.get(key).map(serde_json::to_vec).transpose()?;
            into.push(Change { table: T::TABLE, key: key.clone(), row });
        }
        Ok(())
    }

    /// Forgets how to undo: the transaction is committed.
    pub(super) fn forget_before(&mut self) {
        self.before.clear();
    }

    /// Adds a row that was read from disk, outside any transaction.
    pub(super) fn load(&mut self, json: &[u8]) -> Result<(), serde_json::Error> {
        let row: T = serde_json::from_slice(json)?;
        self.set(&row.key(), Some(Arc::new(row)));
        Ok(())
    }

    fn set(&mut self, key: &str, row: Option<Arc<T>>) -> Option<Arc<T>> {
        let alternates = row.as_ref().map(|row| row.alternate_keys()).unwrap_or_default();
        let before = match row {
            Some(row) => self.rows.insert(key.to_owned(), row),
            None => self.rows.remove(key),
        };
        for old in before.as_ref().map(|row| row.alternate_keys()).unwrap_or_default() {
            if let Some(keys) = self.by_alternate_key.get_mut(&old) {
                keys.remove(key);
                if keys.is_empty() {
                    self.by_alternate_key.remove(&old);
                }
            }
        }
        for alternate in alternates {
            self.by_alternate_key.entry(alternate).or_default().insert(key.to_owned());
        }
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Pet {
        name: String,
        owner: Option<String>,
    }

    impl Row for Pet {
        const TABLE: &'static str = "pets";

        fn key(&self) -> String {
            self.name.clone()
        }

        fn alternate_key(&self) -> Option<String> {
            self.owner.clone()
        }
    }

    fn pet(name: &str, owner: &str) -> Pet {
        Pet { name: name.to_owned(), owner: Some(owner.to_owned()) }
    }

    fn names<'a>(pets: impl Iterator<Item = &'a Pet>) -> Vec<&'a str> {
        pets.map(|pet| pet.name.as_str()).collect()
    }

    #[test]
    fn the_index_follows_every_change() {
        let mut table = Table::default();
        table.put(pet("rex", "ann"));
        table.put(pet("tom", "ann"));
        assert_eq!(names(table.by_alternate_key("ann")), ["rex", "tom"]);
        table.put(pet("rex", "bo"));
        assert_eq!(names(table.by_alternate_key("ann")), ["tom"]);
        assert_eq!(names(table.by_alternate_key("bo")), ["rex"]);
        assert!(table.remove("tom"));
        assert!(!table.remove("tom"));
        assert_eq!(names(table.by_alternate_key("ann")), [""; 0]);
    }

    #[test]
    fn a_roll_back_restores_rows_and_index() {
        let mut table = Table::default();
        table.put(pet("rex", "ann"));
        table.forget_before();
        table.put(pet("rex", "bo"));
        table.put(pet("rex", "cy"));
        table.put(pet("new", "ann"));
        table.remove("rex");
        table.roll_back();
        assert_eq!(names(table.iter()), ["rex"]);
        assert_eq!(names(table.by_alternate_key("ann")), ["rex"]);
        assert_eq!(names(table.by_alternate_key("cy")), [""; 0]);
        assert!(!table.has_changed());
    }

    #[test]
    fn becoming_like_another_can_be_undone() {
        let mut other = Table::default();
        other.put(pet("rex", "bo"));
        other.put(pet("new", "ann"));
        let mut table = Table::default();
        table.put(pet("rex", "ann"));
        table.put(pet("old", "ann"));
        table.forget_before();
        table.become_like(&other);
        assert_eq!(names(table.iter()), ["new", "rex"]);
        assert_eq!(names(table.by_alternate_key("bo")), ["rex"]);
        table.roll_back();
        assert_eq!(names(table.iter()), ["old", "rex"]);
        assert_eq!(names(table.by_alternate_key("ann")), ["old", "rex"]);
    }

    #[test]
    fn a_prefix_ends_where_another_begins() {
        let mut table = Table::default();
        for name in ["a/1", "a/2", "a/3", "b/1"] {
            table.put(pet(name, "ann"));
        }
        assert_eq!(names(table.with_prefix("a/", None)), ["a/1", "a/2", "a/3"]);
        assert_eq!(names(table.with_prefix("a/", Some("a/2"))), ["a/3"]);
        assert_eq!(names(table.with_prefix("c/", None)), [""; 0]);
    }
}
